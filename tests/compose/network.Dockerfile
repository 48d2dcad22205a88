# The helper that sets faults of the network between containers.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends iptables && rm -rf /var/lib/apt/lists/*
