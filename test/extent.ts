/** Whether the long twins of the tests run too, as by `npm run test:all`, or only what is quick and tells most. */
export const isWhole = process.env.TEST_EXTENT === "all";
