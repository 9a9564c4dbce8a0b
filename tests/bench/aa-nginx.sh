#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# aa-nginx.sh - an nginx in the candidate's place, for lb.py and cdn.py: how far the ratios are from 1 is the noise.
set -e
mkdir -p "$BENCH_DIR/tmp"
proxy='proxy_http_version 1.1; proxy_set_header Connection "";'
if [ -n "${BENCH_UP1:-}" ]; then
  up="map \$http_host \$fwd_host { \"\" bench.test; default \$http_host; }
    upstream b { server $BENCH_UP1; server $BENCH_UP2; keepalive 256; keepalive_requests 1000000000;
      keepalive_timeout 300s; }"
  loc="$proxy proxy_set_header Host \$fwd_host; proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto \$scheme; proxy_set_header X-Forwarded-Port \$server_port;
    proxy_set_header X-Amzn-Trace-Id Root=\$request_id; proxy_buffer_size 16k; proxy_buffers 16 64k;
    proxy_busy_buffers_size 128k; proxy_max_temp_file_size 0;"
else
  up="upstream b { server $BENCH_ORIGIN; keepalive 64; }
    proxy_cache_path ${BENCH_MEM:-$BENCH_DIR}/aacache.$BENCH_WORKERS levels=1:2 keys_zone=c:50m max_size=4g
      inactive=2h use_temp_path=off;
    open_file_cache max=20000 inactive=600s; open_file_cache_valid 600s;"
  loc="$proxy proxy_cache c; proxy_cache_key \$uri; proxy_cache_lock on; proxy_cache_lock_timeout 60s;
    proxy_cache_lock_age 60s; proxy_cache_valid 200 1h;"
fi
reuse=
[ "$BENCH_WORKERS" -gt 1 ] && reuse=reuseport
user=
[ "$(id -u)" = 0 ] && user="user root;"
tmp=
for x in client_body proxy fastcgi uwsgi scgi; do tmp="$tmp ${x}_temp_path $BENCH_DIR/tmp/$x;"; done
cat > "$BENCH_DIR/n.conf" <<C
daemon off; worker_processes $BENCH_WORKERS; pid $BENCH_DIR/pid; error_log $BENCH_DIR/err crit; $user
worker_rlimit_nofile 20000;
events { worker_connections 19000; }
http { $tmp access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_timeout 300s;
  keepalive_requests 1000000000; server_tokens off; types { } default_type application/octet-stream;
  $up
  ssl_certificate $BENCH_CERT; ssl_certificate_key $BENCH_KEY; ssl_session_cache shared:s:10m;
  ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.1:$BENCH_HTTP backlog=4096 $reuse; listen 127.0.0.1:$BENCH_TLS ssl http2 backlog=4096 $reuse;
    location / { proxy_pass http://b; $loc } } }
C
PATH=$PATH:/usr/sbin exec nginx -p "$BENCH_DIR" -c "$BENCH_DIR/n.conf" -e "$BENCH_DIR/err"
