/**
 * A text as Kubernetes must be given it so that a container gets it letter by letter: in the values of variables, in `command`
 * and `args` it makes `$` of `$$`, and a variable's value of `$(NAME)`. It leaves alone what comes from a Secret.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const escapeDollars = (text: string): string => text.replaceAll("$", "$$$$");
