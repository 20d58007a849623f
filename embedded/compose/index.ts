export { installPodmanCompose } from "./install-podman-compose";
export { type ComposeOptions, Podman } from "./podman";
