export { interpolate } from "./interpolate";
export { KnownValues, type ValueSources } from "./known-values";
export { type RandomValue, randomValue, randomValuesIn } from "./random";
export { type GeneratedSecrets, secretData, type SecretText } from "./secret-text";
export { valuesNamedIn } from "./template";
