package diagnose

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// A holding is a lock that a goroutine may hold, by the source of one of its frames.
type holding struct {
	g    *goroutine
	h    *hold
	base uint64 // where the argument points that the lock is in front of, or 0
	sure bool   // base is no stale word
}

// mostWeak bounds the holders of unknown instances that are kept of one name: with more of them nothing can be concluded.
const mostWeak = 256

// owners knows who holds what, as well as the dump and the sources tell.
type owners struct {
	*scene
	g *waitgraph.Graph

	based    []holding            // sorted by base
	weak     map[string][]holding // by the name of the field
	recorded map[uint64][]*goroutine
	writers  map[uint64][]*goroutine // who waits for the readers of a lock, and so holds back everybody else
	inOnce   []holding               // who runs the function of a Once
	offsets  map[string]uint64       // of fields in their structs, by operand.key
	deeds    map[*spot][]doing
	helpers  map[*operand][]*spot // who will do something for those who wait for it
	near     map[lockKey][]holding
	crews    map[errand]*crew
	confined map[wanting]*confined
	edges    int // how many served has drawn
}

// A doing is an operation that the goroutines of a spot will come to.
type doing struct {
	*operation
	frame int
}

func newOwners(s *scene) *owners {
	o := &owners{scene: s, g: &waitgraph.Graph{}, weak: map[string][]holding{}, recorded: map[uint64][]*goroutine{}, writers: map[uint64][]*goroutine{},
		deeds: map[*spot][]doing{}, helpers: map[*operand][]*spot{}, offsets: map[string]uint64{}, near: map[lockKey][]holding{},
		crews: map[errand]*crew{}, confined: map[wanting]*confined{}}
	for i := range s.goroutines {
		o.index(&s.goroutines[i])
		o.measure(&s.goroutines[i])
	}
	sort.SliceStable(o.based, func(i, j int) bool { return o.based[i].base < o.based[j].base })
	for _, p := range s.spots {
		o.deeds[p] = s.src.doings(p)
	}
	return o
}

// index notes what one goroutine holds.
func (o *owners) index(g *goroutine) {
	if g.ID <= 0 {
		return
	}
	for i := range g.Holds {
		o.recorded[base(&g.Holds[i])] = append(o.recorded[base(&g.Holds[i])], g)
	}
	if g.kind == onReaders {
		o.writers[g.addr] = append(o.writers[g.addr], g)
	}
	for i := range g.held {
		h := holding{g: g, h: &g.held[i]}
		if h.h.word >= 0 {
			if v, exact, ok := g.Arg(h.h.frame, argument(g, h.h.frame, h.h.word)); ok && v > 4096 {
				h.base, h.sure = v, exact
			}
		}
		if h.base != 0 {
			o.based = append(o.based, h)
		}
		if list := o.weak[h.h.field]; !h.sure && len(list) <= mostWeak {
			o.weak[h.h.field] = append(list, h)
		}
	}
	for i := range g.stack.Frames {
		if g.stack.Frames[i].Func == "sync.(*Once).doSlow" && (g.kind != onOnce || i != find(g.stack, "sync.(*Once).doSlow", 12)) {
			v, exact, _ := g.Arg(i, 0)
			if !exact {
				v = 0
			}
			o.inOnce = append(o.inOnce, holding{g: g, base: v, h: &hold{frame: i}})
		}
	}
}

// graph builds the graph of who waits for whom.
func (o *owners) graph() *waitgraph.Graph {
	for i := range o.goroutines {
		g := &o.goroutines[i]
		if g.ID > 0 && !g.dumper && (g.kind >= onMutex && g.kind <= onCond) {
			o.needs(g)
		}
	}
	return o.g
}

// node returns the node of a goroutine.
func (o *owners) node(g *goroutine) int {
	if i, ok := o.g.Find(g.ID); ok {
		return i
	}
	return o.g.AddGoroutine(waitgraph.Goroutine{ID: g.ID, Name: g.name(), At: g.at(), What: doingWhat(g)})
}

// doingWhat says what a goroutine does, for a drawing.
func doingWhat(g *goroutine) string {
	if g.Minutes > 0 {
		return g.State + ", " + itoa(g.Minutes) + " min"
	}
	return g.State
}

// object returns the node of what a goroutine waits for.
func (o *owners) object(k kind, addr uint64, want *operand) int {
	n := waitgraph.Object{Kind: k.object(), Addr: addr}
	if want != nil {
		n.Name = want.text
	}
	return o.g.AddObject(n)
}

// needs adds what would let a goroutine go on.
func (o *owners) needs(g *goroutine) {
	if o.recordedNeeds(g) {
		return
	}
	n := waitgraph.Need{Known: waitgraph.Inferred}
	switch {
	case g.kind == forever || g.kind == onNil:
		n.Known = waitgraph.InText
	case g.kind == toRead || g.kind == onWriter:
		o.behindWriter(g, &n)
	case g.kind == onOnce:
		o.behindOnce(g, &n)
	case g.kind.lock():
		o.behindHolder(g, &n)
	case g.kind == onSelect:
		o.selecting(g)
		return
	default:
		o.behindPeers(g, g.kind, g.wants, &n)
	}
	n.Object = o.object(g.kind, g.addr, g.wants)
	o.g.AddNeed(o.node(g), n)
}

// recordedNeeds adds what the program itself has recorded of a wait for a lock. It reports false if that says too little.
func (o *owners) recordedNeeds(g *goroutine) bool {
	var all []waitgraph.Need
	for i := range g.Waits {
		w := &g.Waits[i]
		n := waitgraph.Need{Known: waitgraph.Recorded, All: true, Object: o.g.AddObject(waitgraph.Object{Kind: bareKind(w.Kind), Addr: base(w), Name: g.wantText()})}
		for _, h := range o.recorded[base(w)] {
			n.By = append(n.By, waitgraph.Holder{Goroutine: o.node(h), Known: waitgraph.Recorded, At: lockedAt(h, base(w))})
		}
		if by := o.byID[w.Owner]; by != nil && w.Owner > 0 && !slices.ContainsFunc(n.By, func(h waitgraph.Holder) bool { return o.g.Goroutines[h.Goroutine].ID == w.Owner }) {
			n.By = append(n.By, waitgraph.Holder{Goroutine: o.node(by), Known: waitgraph.Recorded, At: bare(w.At)})
		}
		if len(n.By) == 0 && w.Owner != -1 || !lockKind(w.Kind) {
			return false
		}
		all = append(all, n)
	}
	for _, n := range all {
		o.g.AddNeed(o.node(g), n)
	}
	return len(all) > 0
}

// bareKind returns the kind of an object, however it is used.
func bareKind(k string) string {
	if k == "rwmutex-read" {
		return "rwmutex"
	}
	return k
}

// lockKind reports whether an object of a kind has an owner.
func lockKind(k string) bool { return k != "chan" && k != "waitgroup" && k != "cond" }

// lockedAt returns where a goroutine locked an object, as recorded.
func lockedAt(g *goroutine, addr uint64) string {
	i := slices.IndexFunc(g.Holds, func(h dump.Object) bool { return base(&h) == addr })
	if i < 0 {
		return ""
	}
	return bare(g.Holds[i].At)
}

// bare takes the directories out of a place: "main.transfer bank.go:38".
func bare(at string) string {
	function, file, ok := strings.Cut(at, " ")
	if !ok {
		return at
	}
	return function + " " + path.Base(strings.ReplaceAll(file, `\`, "/"))
}

func (p *spot) wantText() string {
	if p.wants == nil {
		return ""
	}
	return p.wants.text
}

// behindWriter is who waits for the writer of an RWMutex: one that waits for readers itself, which the dump shows, or one that holds it.
func (o *owners) behindWriter(g *goroutine, n *waitgraph.Need) {
	known := waitgraph.InText
	list := o.writers[g.addr]
	if g.addr == 0 || len(list) == 0 {
		known, list = waitgraph.Inferred, slices.Concat(o.writers[g.addr], o.writers[0])
	}
	for _, w := range list {
		if w != g && (known == waitgraph.InText || g.wants.alike(w.wants)) {
			n.By = append(n.By, waitgraph.Holder{Goroutine: o.node(w), Known: known, At: w.at()})
			n.Known = known
		}
	}
	if len(n.By) == 0 {
		o.behindHolder(g, n)
	}
}

// behindOnce is who waits for the function of a Once to end. Whoever runs it has a frame of doSlow. Where its argument is gone, the call of Do in the
// source is compared.
func (o *owners) behindOnce(g *goroutine, n *waitgraph.Need) {
	var strong, weak []waitgraph.Holder
	for _, h := range o.inOnce {
		caller, op := o.doer(h.g, h.h.frame)
		by := waitgraph.Holder{Goroutine: o.node(h.g), At: caller}
		switch m := o.fits(op, h.g, o.callerOf(h.g, h.h.frame), g.addr, g.wants); {
		case h.base != 0 && h.base == g.addr:
			by.Known = waitgraph.InText
			n.By, n.Known = []waitgraph.Holder{by}, waitgraph.InText
			return
		case h.base != 0 || op == nil || g.wants == nil || m == never:
		case m == points:
			strong = append(strong, by)
		default:
			weak = append(weak, by)
		}
	}
	if n.By = strong; len(strong) == 0 {
		n.By = weak
	}
	n.Open = len(n.By) == 0
}

// callerOf returns the frame of the user that called a frame.
func (o *owners) callerOf(g *goroutine, frame int) int {
	for i := frame + 1; i < len(g.stack.Frames); i++ {
		if userCode(&g.stack.Frames[i]) {
			return i
		}
	}
	return frame
}

// doer returns where the function of a Once was started, and how the source there calls that Once.
func (o *owners) doer(g *goroutine, frame int) (at string, once *operand) {
	f := &g.stack.Frames[o.callerOf(g, frame)]
	if fn := o.src.functionOf(f); fn != nil {
		once = fn.wanted(onOnce, f.Line)
	}
	return position(f), once
}

// behindHolder is who waits for whoever has locked a lock, or for the readers of one.
func (o *owners) behindHolder(g *goroutine, n *waitgraph.Need) {
	strong := o.pointing(g)
	n.All = len(strong) > 0
	if len(strong) == 0 {
		var ok bool
		if strong, ok = o.possible(g); !ok || o.blind || o.busy && g.Minutes == 0 {
			n.Open = true
		}
	}
	for _, h := range strong {
		at := h.h.text + " at " + position(&dump.Frame{File: h.h.fn.file.path(), Line: h.h.line})
		n.By = append(n.By, waitgraph.Holder{Goroutine: o.node(h.g), Known: waitgraph.Inferred, At: at})
	}
	n.Open = n.Open || len(n.By) == 0
}

// serves reports whether a lock that is held keeps a goroutine waiting.
func serves(g *goroutine, h *hold) bool {
	switch g.kind {
	case onReaders:
		return h.read
	case toRead, onWriter, onMutex:
		return !h.read
	}
	return true
}

// A lockKey is what those have in common who have the same holders.
type lockKey struct {
	addr uint64
	spot *spot
}

// mostHolders bounds the holders of one lock that are looked at: readers can be many.
const mostHolders = 64

// pointing returns the holders whose arguments point in front of the lock that a goroutine waits for, itself among them in any case.
func (o *owners) pointing(g *goroutine) []holding {
	if g.addr == 0 || g.wants == nil {
		return nil
	}
	key := lockKey{g.addr, g.spot}
	all, ok := o.near[key]
	if !ok {
		from := sort.Search(len(o.based), func(i int) bool { return o.based[i].base+farthest > g.addr })
		for _, h := range o.based[from:] {
			if h.base > g.addr || len(all) == mostHolders {
				break
			}
			if o.points(g, h) {
				all = append(all, h)
			}
		}
		all = nearest(all)
		o.near[key] = all
	}
	for i := range g.held {
		h := holding{g: g, h: &g.held[i]}
		if o.points(g, h) && !slices.ContainsFunc(all, func(x holding) bool { return x.g == g }) {
			all = append(all[:len(all):len(all)], h)
		}
	}
	return all
}

// nearest keeps those of holders whose arguments point nearest to the lock: others point to what lies in front of its struct.
func nearest(all []holding) []holding {
	var last uint64
	for _, h := range all {
		last = max(last, h.base)
	}
	return slices.DeleteFunc(all, func(h holding) bool { return h.base < last })
}

// points reports whether a frame holds what a goroutine waits for, and an argument of it shows that.
func (o *owners) points(g *goroutine, h holding) bool {
	return serves(g, h.h) && o.fits(h.h.operand, h.g, h.h.frame, g.addr, g.wants) == points
}

// possible returns the holders that the source allows, and false if they are too many. Others are preferred to the goroutine itself.
func (o *owners) possible(g *goroutine) ([]holding, bool) {
	if g.wants == nil {
		return nil, false
	}
	list := o.weak[g.wants.field]
	var all []holding
	for _, h := range list {
		if serves(g, h.h) && o.fits(h.h.operand, h.g, h.h.frame, g.addr, g.wants) != never {
			all = append(all, h)
		}
	}
	if g.addr == 0 { // any instance
		for _, h := range o.based {
			if h.sure && serves(g, h.h) && h.h.alike(g.wants) && len(all) <= mostWeak {
				all = append(all, h)
			}
		}
	}
	if others := slices.DeleteFunc(slices.Clone(all), func(h holding) bool { return h.g == g }); len(others) > 0 {
		all = others
	}
	return all, len(list) <= mostWeak && len(all) <= mostWeak
}

// mostSpots bounds the stacks among which peers are looked for.
const mostSpots = 2000

// mostPeers bounds the goroutines of one stack that are listed as peers: they wait for the same.
const mostPeers = 32

// behindPeers is who waits for a message, a signal or the end of others: for those whose source does that later. Where something outside of the
// dump could do it, nothing is concluded.
func (o *owners) behindPeers(g *goroutine, k kind, want *operand, n *waitgraph.Need) {
	if o.served(g, k, want, n) {
		return
	}
	for _, p := range o.peers(g, k, want) {
		n.By = append(n.By, waitgraph.Holder{Goroutine: o.node(p), Known: waitgraph.Inferred})
	}
	n.Open = g.timed || o.busy || o.awake || o.blind || len(o.spots) > mostSpots || want == nil || len(n.By) == 0 && !o.closed()
}

// peers returns those who will do what a goroutine waits for.
func (o *owners) peers(g *goroutine, k kind, want *operand) []*goroutine {
	var all []*goroutine
	for _, p := range o.helping(k, want) {
		for i, q := range p.all {
			if i == mostPeers {
				break
			}
			if q != g && q.ID > 0 {
				all = append(all, q)
			}
		}
	}
	if k != onGroup {
		return all
	}
	for _, p := range o.spots { // what WaitGroup.Go has started owes a Done
		for i, q := range p.all {
			if !p.inGroup || i == mostPeers {
				break
			}
			if q.Parent == g.ID && !slices.Contains(all, q) {
				all = append(all, q)
			}
		}
	}
	return all
}

// helping returns the spots whose goroutines will do something for those who wait for an operand.
func (o *owners) helping(k kind, want *operand) []*spot {
	if want == nil {
		return nil
	}
	list, ok := o.helpers[want]
	if !ok {
		for _, p := range o.spots {
			if slices.ContainsFunc(o.deeds[p], func(d doing) bool { return d.does&helps(k) != 0 && d.on.alike(want) }) {
				list = append(list, p)
			}
		}
		o.helpers[want] = list
	}
	return list
}

// selecting adds a need for each case of a select.
func (o *owners) selecting(g *goroutine) {
	if g.user < 0 || (!g.sourced || g.timed) && !o.choosesOwn(g) {
		o.g.AddNeed(o.node(g), waitgraph.Need{Object: o.object(g.kind, 0, nil), Open: true})
		return
	}
	for _, w := range g.wishes {
		n := waitgraph.Need{Known: waitgraph.Inferred}
		o.behindPeers(g, w.kind, w.on, &n)
		n.Object = o.object(w.kind, 0, w.on)
		o.g.AddNeed(o.node(g), n)
	}
}

// choosesOwn reports whether all cases of a select wait for confined channels.
func (o *owners) choosesOwn(g *goroutine) bool {
	return len(g.wishes) > 0 && !slices.ContainsFunc(g.wishes, func(w wish) bool { return o.confinedTo(g, w.kind, w.on) == nil })
}

// doings lists what the frames of a stack will do for others.
func (s *sources) doings(p *spot) []doing {
	var all []doing
	for _, i := range p.users {
		fr := &p.stack.Frames[i]
		fn := s.functionOf(fr)
		if fn == nil {
			continue
		}
		for _, op := range fn.operations(mostDepth) {
			if op.future(fr.Line) && op.on.known() {
				all = append(all, doing{&op, i})
			}
		}
	}
	return all
}

// known reports whether something is known by which two operands can be told apart.
func (o *operand) known() bool { return o.field != "" || o.home != "" || o.elem != "" }

func (f *file) path() string { return f.fset.Position(f.ast.Pos()).Filename }
