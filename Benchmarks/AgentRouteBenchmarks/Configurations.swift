/// The proxies' configurations: one thread each, nothing logged but AgentRoute's records, connections
/// to the source kept, and every setting known to help with streams of small events.
enum Configurations {
    /// Its token, routing, model splice and records are on: there is no AgentRoute without them.
    static func agentroute(_ setup: ProxySetup) -> String {
        """
        {
          "providers": {
            "plain": {
              "baseURL": "http://127.0.0.1:\(setup.source(.plain))/v1",
              "wires": ["openai-chat"], "apiKey": "bench-key"
            },
            "secured": {
              "baseURL": "https://localhost:\(setup.source(.secured))/v1",
              "wires": ["openai-chat"], "apiKey": "bench-key", "caFile": "\(setup.certificate)"
            }
          },
          "profiles": { "default": { "heavy": "plain/bench-model", "fast": "secured/bench-model" } },
          "limits": { "connections": 9000 }
        }
        """
    }

    /// A request goes on as it comes. Left alone, nginx writes one beyond 16 KiB to a file first.
    static let streamedRequest = "proxy_request_buffering off;"
    /// A request is read whole into memory and goes on in one piece.
    static let wholeRequest = "client_body_buffer_size 1m;"

    /// Without its buffer sizes nginx would be slow on large events.
    static func nginx(_ setup: ProxySetup, _ request: String) -> String {
        """
        daemon off;
        master_process off;
        worker_processes 1;
        pid nginx.pid;
        error_log stderr crit;
        events { worker_connections 18000; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
          client_max_body_size 64m;
          \(request)
          proxy_buffering off;
          proxy_buffer_size 64k;
          proxy_buffers 4 64k;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_ssl_verify on;
          proxy_ssl_trusted_certificate \(setup.certificate);
          proxy_ssl_name localhost;
          proxy_ssl_session_reuse on;
          upstream plain {
            server 127.0.0.1:\(setup.source(.plain));
            keepalive 512;
            keepalive_requests 1000000000;
          }
          upstream secured {
            server 127.0.0.1:\(setup.source(.secured));
            keepalive 512;
            keepalive_requests 1000000000;
          }
          server {
            listen 127.0.0.1:\(setup.port(.plain)) backlog=4096;
            location / { proxy_pass http://plain; }
          }
          server {
            listen 127.0.0.1:\(setup.port(.secured)) backlog=4096;
            location / { proxy_pass https://secured; }
          }
        }
        """
    }

    static func haproxy(_ setup: ProxySetup) -> String {
        """
        global
          nbthread 1
          maxconn 9000
        defaults
          mode http
          option http-no-delay
          http-reuse always
          timeout connect 10s
          timeout client 300s
          timeout server 300s
          timeout http-keep-alive 75s
        frontend plain
          bind 127.0.0.1:\(setup.port(.plain)) backlog 4096
          default_backend plain
        backend plain
          server source 127.0.0.1:\(setup.source(.plain))
        frontend secured
          bind 127.0.0.1:\(setup.port(.secured)) backlog 4096
          default_backend secured
        backend secured
          server source 127.0.0.1:\(setup.source(.secured)) ssl verify required \
        verifyhost localhost sni str(localhost) ca-file \(setup.certificate)

        """
    }

    static func caddy(_ setup: ProxySetup) -> String {
        """
        {
          admin off
          auto_https off
        }
        http://127.0.0.1:\(setup.port(.plain)) {
          reverse_proxy 127.0.0.1:\(setup.source(.plain)) {
            flush_interval -1
            transport http {
              keepalive_idle_conns_per_host 512
            }
          }
        }
        http://127.0.0.1:\(setup.port(.secured)) {
          reverse_proxy https://127.0.0.1:\(setup.source(.secured)) {
            flush_interval -1
            transport http {
              keepalive_idle_conns_per_host 512
              tls_server_name localhost
              tls_trusted_ca_certs \(setup.certificate)
            }
          }
        }

        """
    }
}
