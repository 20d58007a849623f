export { type OwnedRecord, Zone, type ZoneRecord } from "./zone";
