"""The site's certificates: its authorities, the hub's certificate, the seats' certificates, and what was revoked."""
