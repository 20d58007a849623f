import { together } from "../together";

together(__filename);
