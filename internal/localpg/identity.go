package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// identity is who the server runs as. PostgreSQL refuses to be root.
type identity struct {
	// attributes makes the process attributes of the server's programs.
	attributes func() *syscall.SysProcAttr
	// uid and gid own the server's files; -1 means that they stay ours.
	uid, gid int
}

// identify chooses an identity: our own; for root, the owner of the data directory, where that is not root; else a
// user namespace; else a user that the system has for such things.
func identify(data string, mayNamespace func() bool) (identity, error) {
	owner, group, err := ownerOf(data)
	if err != nil {
		return identity{}, err
	}
	if uid := os.Geteuid(); uid != 0 {
		if owner >= 0 && owner != uid {
			return identity{}, fmt.Errorf("%s belongs to user id %d, and this is %d: start as its owner, or give another directory", data, owner, uid)
		}
		return ourselves(), nil
	}
	if owner > 0 {
		return as(owner, group), nil
	}
	if mayNamespace() {
		return inNamespace(), nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return userIdentity(u)
		}
	}
	return identity{}, errors.New("PostgreSQL does not run as root, user namespaces are not allowed here, and there is neither a user postgres " +
		"nor a user nobody: start as another user, or set DATABASE_URL")
}

// ownerOf returns the user and the group that a file belongs to, -1 when there is no file.
func ownerOf(path string) (uid, gid int, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return -1, -1, nil
	}
	if err != nil {
		return 0, 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("%s: the owner is not known", path)
	}
	return int(stat.Uid), int(stat.Gid), nil
}

// ourselves keeps a Ctrl-C in our terminal from the server.
func ourselves() identity {
	return identity{uid: -1, gid: -1, attributes: func() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }}
}

// userIdentity is the identity of a user of the system.
func userIdentity(u *user.User) (identity, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return identity{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return identity{}, err
	}
	return as(uid, gid), nil
}

// as is the identity of another user, which only root may take.
func as(uid, gid int) identity {
	return identity{uid: uid, gid: gid, attributes: func() *syscall.SysProcAttr {
		return &syscall.SysProcAttr{Setpgid: true, Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}}
}

// own gives files to the identity, those of them that exist.
func (i identity) own(paths ...string) error {
	if i.uid < 0 {
		return nil
	}
	for _, path := range paths {
		if err := os.Lchown(path, i.uid, i.gid); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// ownAll gives the identity the cluster's directory and all data in it, and checks that it may enter.
func (i identity) ownAll(dir, data string) error {
	if i.uid < 0 {
		return nil
	}
	if err := i.own(dir); err != nil {
		return err
	}
	if owner, _, err := ownerOf(data); err != nil || owner == i.uid || owner < 0 {
		return errors.Join(err, i.mayEnter(dir))
	}
	err := filepath.WalkDir(data, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, i.own(path))
	})
	return errors.Join(err, i.mayEnter(dir))
}

// mayEnter checks the folders above the cluster, to name the one that is closed: the server's own error does not.
func (i identity) mayEnter(dir string) error {
	for dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if owner, _, err := ownerOf(dir); err != nil || owner == i.uid || info.Mode().Perm()&0o001 != 0 {
			continue
		}
		return fmt.Errorf("the server runs as user id %d, who may not enter %s: give another directory, or start as another user than root", i.uid, dir)
	}
	return nil
}
