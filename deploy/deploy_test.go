// Package deploy_test holds the files that others deploy LAZI by against what LAZI itself says. No Docker or cluster is needed.
package deploy_test

import (
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"lazilabs.com/lazi/internal/config"
)

// object is what is looked at of a manifest.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Data       map[string]string
	StringData map[string]string `yaml:"stringData"`
	Resources  []string
	Spec       struct {
		Template struct{ Spec pod }
	}
}

type pod struct {
	TerminationGracePeriodSeconds int `yaml:"terminationGracePeriodSeconds"`
	SecurityContext               struct {
		RunAsNonRoot bool `yaml:"runAsNonRoot"`
	} `yaml:"securityContext"`
	Containers []struct {
		Image           string
		Args            []string
		SecurityContext struct {
			ReadOnlyRootFilesystem bool `yaml:"readOnlyRootFilesystem"`
		} `yaml:"securityContext"`
		LivenessProbe  probe `yaml:"livenessProbe"`
		ReadinessProbe probe `yaml:"readinessProbe"`
		Resources      struct{ Limits map[string]string }
	}
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

// manifests are the objects of deploy/kubernetes by file.
func manifests(t *testing.T) map[string]object {
	t.Helper()
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	out := map[string]object{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var o object
		d := yaml.NewDecoder(bytes.NewReader(text)) // which refuses keys that come twice
		if err := d.Decode(&o); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var more any
		if err := d.Decode(&more); err != io.EOF { //nolint:errorlint // the decoder returns it as it is
			t.Errorf("%s holds more than one object: %v", file, err)
		}
		if o.APIVersion == "" || o.Kind == "" {
			t.Errorf("%s: apiVersion %q, kind %q", file, o.APIVersion, o.Kind)
		}
		out[filepath.Base(file)] = o
	}
	return out
}

// known are the variables that LAZI reads.
func known() map[string]string { return (&config.Config{}).Redacted() }

func TestKubernetes_everyManifestIsListed(t *testing.T) {
	t.Parallel()
	all := manifests(t)
	for file := range all {
		if file != "kustomization.yaml" && file != "secret.example.yaml" && !slices.Contains(all["kustomization.yaml"].Resources, file) {
			t.Errorf("%s is not in the kustomization", file)
		}
	}
	for _, file := range all["kustomization.yaml"].Resources {
		if _, ok := all[file]; !ok {
			t.Errorf("there is no %s", file)
		}
	}
}

func TestKubernetes_configuresWhatThereIs(t *testing.T) {
	t.Parallel()
	all := manifests(t)
	given := maps.Clone(all["config.yaml"].Data)
	for name, value := range all["secret.example.yaml"].StringData {
		if value != "" {
			t.Errorf("the example of a secret has a value for %s", name)
		}
		given[name] = map[string]string{
			"DATABASE_URL": "postgres://db.example.test/lazi", "JWT_SECRET": strings.Repeat("not-a-secret-", 4) + "0123456789",
			"SERVICE_TITAN_TENANT_ID": "1001", "CREDENTIALS_KEY": "",
		}[name]
		if given[name] == "" && name != "CREDENTIALS_KEY" {
			given[name] = "sample"
		}
	}
	for name := range given {
		if _, ok := known()[name]; !ok {
			t.Errorf("LAZI knows no variable %s", name)
		}
	}
	if _, err := config.Load(func(name string) (string, bool) { v, ok := given[name]; return v, ok }); err != nil {
		t.Errorf("LAZI does not start with it: %v", err)
	}
}

func TestKubernetes_podsAreLockedDownAndStopInTime(t *testing.T) {
	t.Parallel()
	all := manifests(t)
	for _, file := range []string{"deployment.yaml", "migrate.yaml"} {
		p := all[file].Spec.Template.Spec
		c := p.Containers[0]
		if !p.SecurityContext.RunAsNonRoot || !c.SecurityContext.ReadOnlyRootFilesystem || c.Resources.Limits["memory"] == "" {
			t.Errorf("%s: %+v", file, p)
		}
	}
	p := all["deployment.yaml"].Spec.Template.Spec
	if c := p.Containers[0]; c.LivenessProbe.HTTPGet.Path != "/healthz" || c.ReadinessProbe.HTTPGet.Path != "/readyz" {
		t.Errorf("probes %+v", c)
	}
	timeout, err := time.ParseDuration(all["config.yaml"].Data["SHUTDOWN_TIMEOUT"])
	if err != nil || time.Duration(p.TerminationGracePeriodSeconds)*time.Second < timeout+10*time.Second {
		t.Errorf("%d s are given for a stop of up to %s, %v", p.TerminationGracePeriodSeconds, timeout, err)
	}
}

func TestCompose_configuresWhatThereIs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Services map[string]struct {
			Image, Build string
			Environment  map[string]string
			Volumes      []string
		}
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "migrate", "lazi-1", "lazi-2", "gateway"} {
		s, ok := c.Services[name]
		if !ok {
			t.Fatalf("there is no service %s", name)
		}
		pinned(t, "compose.yaml", s.Image)
		for variable := range s.Environment {
			if _, ok := known()[variable]; s.Build != "" && !ok {
				t.Errorf("%s: LAZI knows no variable %s", name, variable)
			}
		}
	}
	if mounted := c.Services["gateway"].Volumes[0]; !strings.HasPrefix(mounted, "./deploy/compose/gateway.conf:") {
		t.Errorf("the gateway's configuration is %s", mounted)
	}
	conf, err := os.ReadFile("compose/gateway.conf")
	if err != nil || !bytes.Contains(conf, []byte("server lazi-1:3001")) || !bytes.Contains(conf, []byte("server lazi-2:3001")) {
		t.Errorf("the gateway does not know the servers: %v", err)
	}
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	images := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllSubmatch(text, -1)
	for _, m := range images {
		pinned(t, "Dockerfile", string(m[1]))
	}
	if last := string(images[len(images)-1][1]); !strings.HasSuffix(last, ":nonroot") {
		t.Errorf("the last image, %s, runs as root", last)
	}
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	if !bytes.Contains(text, append([]byte("FROM golang:"), version[1]...)) {
		t.Errorf("the Dockerfile does not build with Go %s", version[1])
	}
}

// pinned wants an image with a version.
func pinned(t *testing.T, file, image string) {
	t.Helper()
	if _, tag, _ := strings.Cut(image, ":"); tag == "" || tag == "latest" {
		t.Errorf("%s: the image %q has no version", file, image)
	}
}
