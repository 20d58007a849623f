#!/bin/sh
# Runs Chrome as a user that owns only Chrome's folder; see browser.ts.
cd / && exec setpriv --reuid="$CHROME_UID" --regid="$CHROME_UID" --clear-groups --inh-caps=-all -- "$CHROME" "$@"
