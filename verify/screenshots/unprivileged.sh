#!/bin/sh
# Chrome for root, as a user that owns nothing but Chrome's own folder: see browser.ts.
cd / && exec setpriv --reuid="$CHROME_UID" --regid="$CHROME_UID" --clear-groups --inh-caps=-all -- "$CHROME" "$@"
