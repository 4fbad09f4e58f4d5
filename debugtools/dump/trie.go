package dump

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// Interning. A goroutine's frames are a path from the root of a tree, innermost first; equal stacks end at one node. Each step first
// tries the few children that were taken last, which costs comparisons of memory and no hash; for what is left there is one table.
// So reading is linear in the input, whatever the number of distinct stacks, and keeps only what is distinct. The nodes tell
// shapes apart; the stacks they belong to are interned once more without them.

// A kind says what a node stands for.
type kind uint8

const (
	kindRoot    kind = iota
	kindCall         // a call with its arguments
	kindElided       // "...12 frames elided..."
	kindCreator      // "created by"
	kindForeign      // "non-Go function at pc="
	kindProfile      // a frame of a profile, which has no arguments
)

// A key tells the children of a node apart.
type key struct {
	parent, head, file int32
	code               code
	kind               kind
}

// A node is one frame behind the frames that lead to it.
type node struct {
	id     int32
	headID int32
	fileID int32
	kind   kind
	code   code
	head   string // what the line begins with: the function up to the parenthesis, "created by F"
	file   string // the next line up to its numbers: "\t/dir/file.go:12"
	parent *node
	recent []*node // the calls below that were taken last, the very last one first
	made   *node   // the creator that was taken last
	luck   int     // how often a recent one was right, less how often none was: below 0 only the very last one is tried
	shape  *Shape
	stack  *Stack // of a goroutine that ends here
}

// A trie interns stacks.
type trie struct {
	root   *node
	nodes  int32
	free   []node
	table  map[key]*node
	heads  pool
	files  pool
	lists  argLists
	stacks []*Stack
	known  map[string]*Stack // by the ids of their frames
	walk   []*node           // the last path
	text   []byte            // its ids
}

// newTrie returns a trie without stacks.
func newTrie() *trie {
	return &trie{root: &node{}, table: map[key]*node{}, heads: newPool(), files: newPool(), known: map[string]*Stack{}}
}

// A pool numbers strings.
type pool struct {
	ids   map[string]int32
	texts []string
}

// newPool returns an empty pool.
func newPool() pool { return pool{ids: map[string]int32{}} }

// id returns the number of a text.
func (p *pool) id(text []byte) int32 {
	id, ok := p.ids[string(text)]
	if !ok {
		id = int32(len(p.texts))
		s := string(text)
		p.ids[s] = id
		p.texts = append(p.texts, s)
	}
	return id
}

// child returns the child of n for a frame.
func (t *trie) child(n *node, k kind, head, file []byte, c code) *node {
	at := key{n.id, t.heads.id(head), t.files.id(file), c, k}
	found, ok := t.table[at]
	if !ok {
		found = t.newNode()
		t.nodes++
		*found = node{id: t.nodes, headID: at.head, fileID: at.file, kind: k, code: c, parent: n, head: t.heads.texts[at.head], file: t.files.texts[at.file]}
		t.table[at] = found
	}
	if k == kindCall {
		n.remember(found)
	}
	return found
}

// slab is how many nodes are allocated at a time.
const slab = 128

// newNode returns the memory of a node.
func (t *trie) newNode() *node {
	if len(t.free) == 0 {
		t.free = make([]node, slab)
	}
	n := &t.free[0]
	t.free = t.free[1:]
	return n
}

// maxRecent is how many children of a node are tried by comparison: as many as cost less than a look into the table.
const maxRecent = 16

// remember puts a child in front of the recent ones.
func (n *node) remember(child *node) {
	if len(n.recent) < maxRecent {
		n.recent = append(n.recent, child)
	}
	last := len(n.recent) - 1
	n.recent[last] = n.recent[0]
	n.recent[0] = child
}

// end returns the stack and the shape of a goroutine whose frames end at n.
func (t *trie) end(n *node) (*Stack, *Shape) {
	if n.stack == nil {
		path := t.path(n)
		n.stack, n.shape = t.stack(path), t.newShape(path)
	}
	return n.stack, n.shape
}

// path returns the nodes from the innermost frame to n. It is valid until the next call.
func (t *trie) path(n *node) []*node {
	path := t.walk[:0]
	for ; n.kind != kindRoot; n = n.parent {
		path = append(path, n)
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	t.walk = path
	return path
}

// stack returns the stack of a path, which has no shapes.
func (t *trie) stack(path []*node) *Stack {
	id := t.text[:0]
	for _, n := range path {
		id = binary.AppendUvarint(append(id, byte(n.kind)), uint64(n.headID))
		id = binary.AppendUvarint(id, uint64(n.fileID))
		if n.kind == kindCall && n.code == inlined {
			id = append(id, 'i')
		}
	}
	t.text = id
	s, ok := t.known[string(id)]
	if !ok {
		s = newStack(path)
		s.Index = len(t.stacks)
		t.stacks = append(t.stacks, s)
		t.known[string(id)] = s
	}
	return s
}

// newStack makes the stack of a path.
func newStack(path []*node) *Stack {
	s := &Stack{Frames: make([]Frame, 0, len(path))}
	for _, n := range path {
		if f := n.frame(); n.kind == kindCreator {
			s.Creator = f
		} else {
			s.Frames = append(s.Frames, f)
		}
	}
	s.system = system(s.Frames)
	return s
}

// system reports whether frames belong to the runtime alone. Goroutine 1 before main and user code in finalizers do not.
func system(frames []Frame) bool {
	calls := 0
	for _, f := range frames {
		if f.Elided != 0 {
			continue
		}
		if !strings.HasPrefix(f.Func, "runtime.") || f.Func == "runtime.main" {
			return false
		}
		calls++
	}
	return calls > 0
}

// frame makes the frame that a node stands for.
func (n *node) frame() Frame {
	f := Frame{Inline: n.kind == kindCall && n.code == inlined}
	switch n.kind {
	case kindElided:
		f.Elided = elided([]byte(n.head))
		return f
	case kindCreator:
		f.Func = strings.TrimPrefix(n.head, creator)
	default:
		f.Func = strings.TrimSuffix(n.head, "(")
	}
	if n.file != "" {
		f.File, f.Line = place(n.file)
	}
	return f
}

// place cuts "\t/dir/file.go:12" into its parts.
func place(text string) (file string, line int) {
	text = strings.TrimLeft(text, "\t ")
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return text, 0
	}
	line, _ = strconv.Atoi(text[at+1:])
	return text[:at], line
}

// elided returns the number in "...12 frames elided...", -1 for "...additional frames elided...", and 0 if the line is no such.
func elided(line []byte) int {
	text, ok := bytes.CutPrefix(line, []byte("..."))
	text, found := bytes.CutSuffix(text, []byte(" frames elided..."))
	if !ok || !found {
		return 0
	}
	if n, err := strconv.Atoi(string(text)); err == nil && n > 0 {
		return n
	}
	return -1
}

// newShape makes the shape of a path, or returns nil if it has no arguments anywhere.
func (t *trie) newShape(path []*node) *Shape {
	tokens := 0
	for _, n := range path {
		tokens += len(t.lists.tokens(n.code))
	}
	s := &Shape{words: make([]Word, 0, tokens), ends: make([]int32, 0, len(path))}
	arg := int32(0)
	for _, n := range path {
		if n.kind == kindCall && n.code != inlined {
			arg = s.add(t.lists.tokens(n.code), arg)
		}
		if n.kind != kindCreator {
			s.ends = append(s.ends, int32(len(s.words)))
		}
	}
	if len(s.words) == 0 {
		return nil
	}
	return s
}

// add appends the words of a list of tokens. The first of them is number arg; it returns the number behind the last.
func (s *Shape) add(tokens string, arg int32) int32 {
	depth := 0
	for i := range len(tokens) {
		token := tokens[i]
		depth += nesting[token]
		switch token {
		case tokenWord, tokenStale:
			s.words = append(s.words, Word{Arg: arg, Stale: token == tokenStale, Inner: depth > 0})
			arg++
		case tokenBlank, tokenDots:
			s.words = append(s.words, Word{Arg: -1, Inner: depth > 0})
		}
	}
	return arg
}
