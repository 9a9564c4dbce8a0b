#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first boot of the web server: one page, on port 80.
mkdir -p /srv/www
echo "<h1>Served by $(hostname)</h1>" >/srv/www/index.html
cat >/etc/systemd/system/web.service <<'UNIT'
[Unit]
Description=The web server

[Service]
ExecStart=/usr/bin/python3 -m http.server --directory /srv/www 80
Restart=always

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now web.service
