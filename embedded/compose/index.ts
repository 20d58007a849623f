export { installPodmanCompose } from "./install";
export { type ComposeOptions, Podman } from "./podman";
