export type { Login } from "./login";
export { loginFor } from "./login-for";
