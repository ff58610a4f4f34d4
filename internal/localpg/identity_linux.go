package localpg

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// namespaceUser is who the server takes itself for in a user namespace. Any id but root's will do.
const namespaceUser = 1000

// inNamespace is ourselves, seen from a user namespace in which we are not root: files stay ours, and no folder is
// closed to the server that is open to us.
func inNamespace() identity {
	return identity{uid: -1, gid: -1, attributes: func() *syscall.SysProcAttr {
		return &syscall.SysProcAttr{
			Setpgid:     true,
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: namespaceUser, HostID: os.Geteuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: namespaceUser, HostID: os.Getegid(), Size: 1}},
		}
	}}
}

// namespaceWorks tries the server's program in a user namespace. Containers often forbid them.
func namespaceWorks(ctx context.Context, program string) bool {
	cmd := exec.CommandContext(ctx, program, "--version")
	cmd.SysProcAttr = inNamespace().attributes()
	return cmd.Run() == nil
}
