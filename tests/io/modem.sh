#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# modem.sh PORT REGISTRATION DEVICE — a transparent GSM modem made of socat: dials, says who it is,
# then passes bytes both ways; redials for ever.
if [ "$1" = connected ]; then
    printf '%s' "$2"
    exec socat STDIO "FILE:$3,rawer"
fi
while :; do
    socat "TCP:127.0.0.1:$1" "EXEC:$0 connected $2 $3" 2>/dev/null
    sleep 0.3
done
