/**
 * Escapes text for variables, `command` and `args`, where Kubernetes expands `$$` to `$` and `$(NAME)` to a variable's value.
 * Values from Secrets aren't expanded.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const escapeDollars = (text: string): string => text.replaceAll("$", "$$$$");
