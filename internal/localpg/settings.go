package localpg

import (
	"fmt"
	"strings"
)

// settingsFile is in the data directory; its postgresql.conf includes it.
const settingsFile = "lazi.conf"

// serverSettings are the server's settings, written at each start.
func serverSettings(socketDir string, fast bool) string {
	connections := 200
	if fast {
		connections = 300 // packages are tested side by side, each test with a pool of its own
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# Written by LAZI at each start of the server.
listen_addresses = ''
port = %s
unix_socket_directories = %s
unix_socket_permissions = 0700
max_connections = %d
shared_buffers = '128MB'
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
`, port, quoteLiteral(quoteIdentifier(socketDir)), connections)
	if fast {
		b.WriteString(`fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
`)
	}
	return b.String()
}
