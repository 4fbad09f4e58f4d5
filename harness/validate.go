package harness

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// name is what targets, rows, bugs, properties and faults may be called: it appears in selectors, file names and signatures.
var name = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Validate reports everything that is wrong with a declaration, each with a sentence that says what to do. It builds one instance, to see
// that the operations fit it.
func (t *Target) Validate() error {
	if t == nil {
		return errors.New("target is nil: declare a harness.Target")
	}
	v := &validation{target: t}
	v.identity()
	v.system()
	v.operations()
	v.judges()
	v.bugs()
	v.faults()
	if len(v.errs) > 0 {
		return fmt.Errorf("target %q: %w", t.ID(), errors.Join(v.errs...))
	}
	if err := v.instance("New", t.New); err != nil {
		return fmt.Errorf("target %q: %w", t.ID(), err)
	}
	for _, b := range t.Bugs {
		if err := v.instance("bug "+b.Name, b.New); err != nil {
			return fmt.Errorf("target %q: %w", t.ID(), err)
		}
	}
	return nil
}

// validation collects what is wrong.
type validation struct {
	target *Target
	errs   []error
}

// wants adds a complaint unless ok.
func (v *validation) wants(ok bool, format string, args ...any) {
	if !ok {
		v.errs = append(v.errs, fmt.Errorf(format, args...))
	}
}

// named complains about a bad or repeated name.
func (v *validation) named(what, n string, seen map[string]bool) {
	v.wants(name.MatchString(n), "%s name %q must be lower-case words joined by dashes, such as \"bounded-queue\"", what, n)
	v.wants(!seen[n], "%s %q is declared twice: rename one", what, n)
	seen[n] = true
}

func (v *validation) identity() {
	t := v.target
	v.wants(name.MatchString(t.Name), "Name %q must be lower-case words joined by dashes, such as \"treiber-stack\"", t.Name)
	v.wants(t.Row == "" || name.MatchString(t.Row), "Row %q must be lower-case words joined by dashes", t.Row)
	v.wants(t.Doc != "", "Doc is empty: say in one sentence what the system is")
}

func (v *validation) system() {
	t := v.target
	v.wants(t.New != nil, "New is nil: return a fresh instance of the system")
	v.wants(!t.World || t.Client != nil, "World is set but Client is nil: return the handle on which one client calls its operations")
	v.wants(!(t.World && t.Points), "World and Points are both set: machines are scheduled by the world, not at points")
	v.wants(!t.World || t.Skip[Race] != "", "World is set but Skip has no reason for race: a simulation is one goroutine and races with nobody, so say so")
	v.wants(len(t.Sites) == 0 || t.Points, "Sites are listed but Points is false: set Points if the code calls Env.Hook at each of them")
	v.wants(t.Progress == Blocking || t.Points, "Progress claims %v, which is judged at points: set Points and Sites", t.Progress)
	v.wants(t.Quota >= 0, "Quota %d must not be negative", t.Quota)
	for e, why := range t.Skip {
		v.wants(slices.Contains(Engines(), e), "Skip names the unknown engine %q", e)
		v.wants(why != "", "Skip of %s has no reason: say why the engine cannot apply", e)
	}
}

func (v *validation) operations() {
	t := v.target
	v.wants(len(t.Operations) > 0, "Operations is empty: declare what clients can do with harness.Op")
	seen := map[string]bool{}
	usable := false
	for i, o := range t.Operations {
		v.named("operation", o.Name, seen)
		if o.codec == nil {
			v.wants(false, "operation %d (%q) was not made by harness.Op or one of its variants", i, o.Name)
			continue
		}
		usable = usable || o.allows(0)
		if _, arg := o.codec.types(); o.codec.distinct() {
			v.wants(arg.Kind() == reflect.Int, "operation %q has no generator and an argument of type %v: only int can be numbered, so give a rapid generator", o.Name, arg)
		}
		v.wants(o.Weight >= 0, "operation %q has the negative weight %d", o.Name, o.Weight)
	}
	v.wants(usable || len(t.Operations) == 0, "client 0 may call no operation: allow it one")
}

func (v *validation) judges() {
	t := v.target
	v.wants(t.Model != nil || len(t.Invariants)+len(t.Properties) > 0,
		"nothing judges it: give a Model, an Invariant or a Property, or no run could ever fail")
	if t.Model != nil {
		v.wants(t.Model.Name != "" && t.Model.Doc != "", "the Model has no name or doc: say what it specifies")
		missing := t.Model.missing(t.Operations)
		v.wants(missing == "", "model %q has no rule for operation %q: add one", t.Model.Name, missing)
	}
	seen := map[string]bool{}
	for _, i := range t.Invariants {
		v.named("invariant", i.Name, seen)
		v.wants(i.Doc != "" && i.Check != nil, "invariant %q needs a Doc and a Check", i.Name)
	}
	for _, p := range t.Properties {
		v.named("property", p.Name, seen)
		v.wants(p.Doc != "" && p.Check != nil, "property %q needs a Doc and a Check", p.Name)
	}
}

func (v *validation) bugs() {
	seen := map[string]bool{}
	for _, b := range v.target.Bugs {
		v.named("bug", b.Name, seen)
		v.wants(b.Doc != "", "bug %q has no Doc: say what the mistake is and why it goes wrong", b.Name)
		v.wants(b.New != nil, "bug %q has no New: return an instance with the mistake", b.Name)
		v.wants(len(b.CaughtBy) > 0, "bug %q is caught by no engine: name at least one in CaughtBy, or it proves nothing", b.Name)
		for _, e := range b.CaughtBy {
			v.wants(slices.Contains(Engines(), e), "bug %q names the unknown engine %q", b.Name, e)
			v.wants(v.target.Skip[e] == "", "bug %q is to be caught by %s, which the target skips", b.Name, e)
		}
	}
}

func (v *validation) faults() {
	seen := map[string]bool{}
	for _, f := range v.target.Faults {
		if f == nil {
			v.wants(false, "a fault is nil")
			continue
		}
		v.named("fault", f.Name, seen)
		v.wants(f.Doc != "" && f.Inject != nil, "fault %q needs a Doc and an Inject", f.Name)
		v.wants(f.Applies(v.target), "fault %q needs points or a world, which the target does not offer", f.Name)
	}
}

// instance builds one instance and asks whether every operation can be called on its clients.
func (v *validation) instance(what string, build func(*Env) any) (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("%s panicked: %v", what, e)
		}
	}()
	t := v.target
	env := newEnv(0, t, nil)
	defer env.clean()
	defer env.end()
	system := build(env)
	if t.World != (env.world != nil) {
		return fmt.Errorf("%s: World is %v, but whether it calls Env.World is %v: make both agree", what, t.World, env.world != nil)
	}
	if system == nil {
		return fmt.Errorf("%s returned nil: return the instance", what)
	}
	client := reflect.TypeOf(t.client(env, system, 0))
	for _, o := range t.Operations {
		if !o.allows(0) {
			continue
		}
		if want, _ := o.codec.types(); client == nil || !client.AssignableTo(want) {
			return fmt.Errorf("%s: operation %q is called on a %v, but a client is a %v: make both agree", what, o.Name, want, client)
		}
	}
	return nil
}
