package localpg

import (
	"cmp"
	"fmt"
	"strings"
)

// settingsFile is in the data directory; its postgresql.conf includes it.
const settingsFile = "lazi.conf"

// serverSettings are the server's settings, written at each start.
func serverSettings(socketDir string, fast bool, buffers int) string {
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
shared_buffers = '%dMB'
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
`, port, quoteLiteral(quoteIdentifier(socketDir)), connections, cmp.Or(buffers, 128))
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
