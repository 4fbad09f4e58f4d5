package waitgraph

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Measures of a drawing, in pixels. The letters are those of a fixed-width font of 12 pixels.
const (
	letter  = 8
	line    = 16
	padding = 10
	gapX    = 36
	gapY    = 56
	margin  = 24
	widest  = 44 // letters in a line of a box
)

// layout gives every box a place: layers from top to bottom, so that arrows point down wherever a circle does not forbid it; then the order
// within each layer, by the mean place of the neighbours, in a few sweeps. This is the method of Sugiyama, Tagawa and Toda, "Methods for
// Visual Understanding of Hierarchical System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981, without nodes for
// long edges. The result depends on the drawing alone.
func (d *drawing) layout() (width, height int) {
	d.measure()
	d.ranks()
	layers := d.layers()
	for sweep := range 4 {
		d.sweep(layers, sweep%2 == 0)
	}
	return d.coordinates(layers)
}

// measure gives every box its size.
func (d *drawing) measure() {
	for i := range d.boxes {
		b := &d.boxes[i]
		n := 0
		for j, l := range b.lines {
			b.lines[j] = clip(l, widest)
			n = max(n, utf8.RuneCountInString(b.lines[j]))
		}
		b.w, b.h = n*letter+2*padding, len(b.lines)*line+2*padding-4
	}
}

// clip cuts a text in its middle, so that its end, a line number often, is kept.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n/2-1]) + "…" + string(r[len(r)-n/2:])
}

// ranks puts every box below those that point to it, by the longest path; arrows that close a circle do not count.
func (d *drawing) ranks() {
	next := make([][]int, len(d.boxes))
	for _, a := range d.arrows {
		next[a.from] = append(next[a.from], a.to)
	}
	const unseen, open, done = 0, 1, 2
	state, order := make([]int, len(d.boxes)), []int(nil)
	back := map[[2]int]bool{}
	var visit func(int)
	visit = func(n int) { // as deep as the drawing has boxes at most
		state[n] = open
		for _, to := range next[n] {
			switch state[to] {
			case unseen:
				visit(to)
			case open:
				back[[2]int{n, to}] = true
			}
		}
		state[n], order = done, append(order, n)
	}
	for i := range d.boxes {
		if state[i] == unseen {
			visit(i)
		}
	}
	for _, n := range slices.Backward(order) {
		for _, to := range next[n] {
			if !back[[2]int{n, to}] {
				d.boxes[to].rank = max(d.boxes[to].rank, d.boxes[n].rank+1)
			}
		}
	}
}

// layers lists the boxes of each rank.
func (d *drawing) layers() [][]int {
	var layers [][]int
	for i := range d.boxes {
		b := &d.boxes[i]
		for len(layers) <= b.rank {
			layers = append(layers, nil)
		}
		b.place = len(layers[b.rank])
		layers[b.rank] = append(layers[b.rank], i)
	}
	return layers
}

// sweep orders every layer by the mean place of the neighbours in the layers above, or below.
func (d *drawing) sweep(layers [][]int, down bool) {
	near := make([][]int, len(d.boxes))
	for _, a := range d.arrows {
		from, to := a.from, a.to
		if (d.boxes[from].rank < d.boxes[to].rank) == down {
			near[to] = append(near[to], from)
		} else {
			near[from] = append(near[from], to)
		}
	}
	for i := range layers {
		layer := layers[i]
		if !down {
			layer = layers[len(layers)-1-i]
		}
		mean := map[int]float64{}
		for _, b := range layer {
			mean[b] = float64(d.boxes[b].place)
			if len(near[b]) > 0 {
				sum := 0
				for _, n := range near[b] {
					sum += d.boxes[n].place
				}
				mean[b] = float64(sum) / float64(len(near[b]))
			}
		}
		slices.SortStableFunc(layer, func(a, b int) int { return cmp.Or(cmp.Compare(mean[a], mean[b]), a-b) })
		for p, b := range layer {
			d.boxes[b].place = p
		}
	}
}

// coordinates turns ranks and places into pixels, every layer centred. A layer that is very wide is broken into rows.
func (d *drawing) coordinates(layers [][]int) (width, height int) {
	const widestRow = 1600
	var rows [][]int
	var wide []int
	for _, layer := range layers {
		row, w := []int(nil), 0
		for _, b := range layer {
			if w > 0 && w+d.boxes[b].w > widestRow {
				rows, wide = append(rows, row), append(wide, w-gapX)
				row, w = nil, 0
			}
			row, w = append(row, b), w+d.boxes[b].w+gapX
		}
		rows, wide = append(rows, row), append(wide, w-gapX)
		width = max(width, slices.Max(wide))
	}
	y := margin
	for i, row := range rows {
		x, tall := margin+(width-wide[i])/2, 0
		for _, b := range row {
			d.boxes[b].x, d.boxes[b].y = x, y
			x += d.boxes[b].w + gapX
			tall = max(tall, d.boxes[b].h)
		}
		y += tall + gapY
	}
	return width + 2*margin, y - gapY + margin
}
