/**
 * The only page that the provider has of its own: no script, no style, nothing from elsewhere.
 *
 * @param {string} action where the form goes
 * @param {boolean} failed whether an attempt has failed
 */
export const loginPage = (action, failed) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Company account</title>
  <h1>Company account</h1>
  ${failed ? '<p role="alert">This e-mail and password don’t go together.</p>' : ""}
  <form method="post" action="${action}">
    <p><label>E-mail <input name="email" type="email" required autofocus></label></p>
    <p><label>Password <input name="password" type="password" required></label></p>
    <p><button>Continue</button></p>
  </form>
</html>
`;
