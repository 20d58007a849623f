export { type Details, detailsOf } from "./details";
export { type Requests } from "./pods";
export { type Checked, type Status, statusOf } from "./status-of";
export { statusesOf } from "./statuses";
