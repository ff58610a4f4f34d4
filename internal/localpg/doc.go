// Package localpg runs a private PostgreSQL server from binaries that the machine has, so that nobody needs to set up
// a database to develop or test LAZI. It imports nothing of ours and no database driver.
//
// A cluster lives in a directory and outlives its process: the next one attaches to it. The server listens on a Unix
// socket in a folder that only its user may enter, on no TCP port, and so needs no password. It runs as root, too,
// which PostgreSQL itself refuses: in a user namespace where the kernel allows one (files stay root's, any directory
// will do), else as the user postgres or nobody.
//
// Layout of the directory:
//
//	data/          the cluster, as initdb made it; data/lazi.conf holds our settings and is written at each start
//	postgres.log   the server's log; postgres.log.old the one before it
//	lock           locked while a process starts or stops the server
//	users          locked, shared, by every process that uses the server: the last one to stop ends it
package localpg
