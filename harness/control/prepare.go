package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// A plan is std as it will be: by name below src, the text of each file that is changed or added.
type plan struct {
	toolchain Toolchain
	sources   map[string]*source // the files that are edited, as they are
	edits     []edit
	added     []addition
	known     known
	key       string // a hash of everything that the result depends on
}

// Prepare writes the changed files of std into the cache, unless they are there, and returns the name of a file for -overlay. Before that it checks that
// each declaration to be changed is one that the edits were made for. If it is not, or an edit does not apply, the error is an *Unsupported. What is old in the cache is removed.
func Prepare(ctx context.Context, t Toolchain, s Sources) (overlayFile string, err error) {
	p, err := newPlan(t, s)
	if err != nil {
		return "", err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, p.key)
	if intact(dir) {
		use(dir, t)
		return filepath.Join(dir, overlayName), nil
	}
	texts, err := p.apply(dir)
	if err == nil {
		err = p.check()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return "", err
	}
	if err := p.write(cache, dir, texts); err != nil {
		return "", fmt.Errorf("writing the changed standard library: %w", err)
	}
	use(dir, t)
	prune(cache, dir)
	return filepath.Join(dir, overlayName), nil
}

// newPlan reads the edits and the files that they change.
func newPlan(t Toolchain, s Sources) (*plan, error) {
	p := &plan{toolchain: t, sources: map[string]*source{}}
	var err error
	if p.edits, err = readEdits(s.Std, t.Minor); err != nil {
		return nil, err
	}
	if p.added, err = s.additions(t.Minor); err != nil {
		return nil, err
	}
	if p.known, err = readKnown(s.Std, t.Minor); err != nil {
		return nil, err
	}
	for _, e := range p.edits {
		if p.sources[e.file] != nil {
			continue
		}
		text, err := os.ReadFile(p.original(e.file))
		if err != nil {
			return nil, &Unsupported{Reason: e.where + ": there is no such file", Details: []string{err.Error()}}
		}
		p.sources[e.file] = &source{name: e.file, text: string(text)}
	}
	p.key = p.hash()
	return p, nil
}

// original returns where a file of std is.
func (p *plan) original(name string) string {
	return filepath.Join(p.toolchain.Root, "src", filepath.FromSlash(name))
}

// format changes when the same plan gives other files.
const format = "2"

// hash hashes all that the result depends on.
func (p *plan) hash() string {
	h := sha256.New()
	put := func(parts ...string) {
		for _, x := range parts {
			fmt.Fprintf(h, "%d %s\n", len(x), x)
		}
	}
	put(format, p.toolchain.Root, p.toolchain.Version, p.known.String())
	for _, e := range p.edits {
		put(e.file, e.target, e.action, e.anchor, e.text, p.sources[e.file].text)
	}
	for _, a := range p.added {
		put(a.name, a.text)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// apply applies the edits and adds the files, which will stand in dir. The error lists every edit that does not apply.
func (p *plan) apply(dir string) (map[string]string, error) {
	texts := map[string]string{}
	var problems []string
	for name, s := range p.sources {
		parsed, err := parseSource(name, s.text)
		if err != nil {
			return nil, &Unsupported{Reason: "the standard library cannot be read", Details: []string{err.Error()}}
		}
		p.sources[name] = parsed
		text, bad := parsed.apply(p.editsOf(name), filepath.Join(dir, filepath.FromSlash(name)))
		if _, err := parseSource(name, text); err != nil && len(bad) == 0 {
			bad = []string{fmt.Sprintf("after the edits: %v", err)}
		}
		texts[name], problems = text, append(problems, bad...)
	}
	for _, a := range p.added {
		if _, err := os.Stat(p.original(a.name)); err == nil || texts[a.name] != "" {
			problems = append(problems, a.name+" is to be added, and is there")
		}
		texts[a.name] = a.text
	}
	return texts, p.misfit(problems)
}

// check compares the declarations that are changed with those that the edits were made for. The error lists all that differ.
func (p *plan) check() error {
	found, err := digests(p.sources, p.edits)
	if err != nil {
		return p.misfit([]string{err.Error()})
	}
	return p.misfit(p.known.unknown(found, p.toolchain.Version))
}

// misfit is the error of edits that do not fit, nil if nothing is wrong.
func (p *plan) misfit(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	slices.Sort(problems)
	return &Unsupported{Reason: "the edits do not fit " + p.toolchain.Version, Details: problems}
}

// editsOf returns the edits of a file.
func (p *plan) editsOf(name string) []edit {
	return slices.DeleteFunc(slices.Clone(p.edits), func(e edit) bool { return e.file != name })
}

// Names in a directory of the cache.
const (
	overlayName  = "overlay.json"
	manifestName = "manifest.json"
)

// An overlay is the content of a file for -overlay.
type overlay struct{ Replace map[string]string }

// write writes the files into a new directory and then gives it its name, so that nobody sees it half written. Another process may be first.
func (p *plan) write(cache, dir string, texts map[string]string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(cache, unfinished)
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	o, manifest := overlay{map[string]string{}}, map[string]string{}
	for name, text := range texts {
		o.Replace[p.original(name)] = filepath.Join(dir, filepath.FromSlash(name))
		manifest[name] = hashOf([]byte(text))
		if err := writeFile(filepath.Join(temp, filepath.FromSlash(name)), []byte(text)); err != nil {
			return err
		}
	}
	content, _ := json.MarshalIndent(o, "", "\t") // strings can always be written
	manifest[overlayName] = hashOf(content)
	list, _ := json.MarshalIndent(manifest, "", "\t")
	if err := errors.Join(writeFile(filepath.Join(temp, overlayName), content), writeFile(filepath.Join(temp, manifestName), list)); err != nil {
		return err
	}
	return install(temp, dir)
}

// install renames a directory. Where one is already, it stays if it is intact, and makes room if it is not.
func install(temp, dir string) error {
	err := os.Rename(temp, dir)
	if err == nil || intact(dir) {
		return nil
	}
	broken := temp + ".old"
	defer os.RemoveAll(broken)
	if e := os.Rename(dir, broken); e != nil {
		return errors.Join(err, e)
	}
	if err = os.Rename(temp, dir); err == nil || intact(dir) {
		return nil
	}
	return err
}

// intact reports whether a directory of the cache holds exactly what was written into it. Something that cleans caches may have taken single files.
func intact(dir string) bool {
	list, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return false
	}
	var manifest map[string]string
	if json.Unmarshal(list, &manifest) != nil {
		return false
	}
	for name, hash := range manifest {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || hashOf(content) != hash {
			return false
		}
	}
	return len(manifest) > 0
}

// hashOf returns the sha256 of a content.
func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// writeFile writes a file and the directories above it.
func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
