/** Whether the long variants of the tests run too, as in `npm run test:all`, or only the quick and most telling ones. */
export const isWhole = process.env.TEST_EXTENT === "all";
