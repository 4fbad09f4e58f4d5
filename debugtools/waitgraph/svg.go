package waitgraph

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// style is that of the drawing. It follows the colours that the reader prefers, and says nothing in colour alone: who is stuck has a thick border,
// what is inferred a dashed line.
const style = `<style>
svg { background: #fff; font: 12px ui-monospace, Menlo, Consolas, monospace }
text { fill: #1a1a1a } .quiet { fill: #666 }
rect { fill: #f5f5f5; stroke: #777; stroke-width: 1 } rect.object { fill: #e8f0fe } rect.stuck { stroke: #b00020; stroke-width: 3 }
path { fill: none; stroke: #777; stroke-width: 1.3 } path.stuck { stroke: #b00020; stroke-width: 2.5 } path.dashed { stroke-dasharray: 6 4 }
marker path, marker path.stuck { stroke: none; fill: #777 } marker.stuck path { fill: #b00020 }
@media (prefers-color-scheme: dark) {
svg { background: #16181c } text { fill: #e6e6e6 } .quiet { fill: #9a9fa8 } rect { fill: #22252b; stroke: #8a8f98 } rect.object { fill: #1d3352 }
rect.stuck { stroke: #ff7b8a } path { stroke: #8a8f98 } path.stuck { stroke: #ff7b8a } marker path { fill: #8a8f98 } marker.stuck path { fill: #ff7b8a }
}
</style>
<defs>
<marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>
<marker id="stuck" class="stuck" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>
</defs>
`

// SVG writes the graph as a picture: goroutines that take part and what they wait for, deadlocks thick and first, those that wait alike as one
// box with their number. It holds no script and needs nothing else; equal graphs give equal bytes. However large the graph is, at most
// a few hundred boxes are drawn, and the rest is counted below. It returns an error only if w does.
func (g *Graph) SVG(w io.Writer, deadlocks []Deadlock) error {
	d := g.draw(deadlocks)
	width, height := d.layout()
	if len(d.boxes) == 0 {
		width, height = 420, 60
	}
	caption := d.caption()
	var b bytes.Buffer
	width = max(width, len(caption)*letter+2*margin)
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", width, height+line, width, height+line)
	b.WriteString("<title>who waits for whom</title>\n" + style)
	for _, a := range d.arrows {
		d.writeArrow(&b, a)
	}
	for i := range d.boxes {
		d.boxes[i].write(&b)
	}
	fmt.Fprintf(&b, "<text class=\"quiet\" x=\"%d\" y=\"%d\">%s</text>\n</svg>\n", margin, height, caption)
	_, err := w.Write(b.Bytes())
	return err
}

// caption says what the lines mean and what is not shown.
func (d *drawing) caption() string {
	switch {
	case len(d.boxes) == 0:
		return "nobody waits for anything that can be drawn"
	case d.more > 0:
		return "thick: never goes on. dashed: inferred. " + Count(d.more, "goroutine is", "goroutines are") + " not shown"
	}
	return "thick: never goes on. dashed: inferred."
}

// write draws a box.
func (b *box) write(w *bytes.Buffer) {
	class, round := "", 2
	if b.stuck {
		class = "stuck"
	}
	if b.object {
		class, round = class+" object", 14
	}
	fmt.Fprintf(w, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n", class, b.x, b.y, b.w, b.h, round)
	for i, l := range b.lines {
		quiet := ""
		if i > 0 {
			quiet = " class=\"quiet\""
		}
		fmt.Fprintf(w, "<text%s x=\"%d\" y=\"%d\">", quiet, b.x+padding, b.y+padding+line*i+9)
		_ = xml.EscapeText(w, []byte(l)) // a buffer takes everything
		w.WriteString("</text>\n")
	}
}

// writeArrow draws an arrow: straight down from layer to layer, or around the side if it closes a circle.
func (d *drawing) writeArrow(w *bytes.Buffer, a arrow) {
	from, to := &d.boxes[a.from], &d.boxes[a.to]
	class, end := "", "end"
	if a.stuck {
		class, end = "stuck", "stuck"
	}
	if a.dashed {
		class += " dashed"
	}
	x1, y1, x2, y2 := from.x+from.w/2, from.y+from.h, to.x+to.w/2, to.y
	path := fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, y1+gapY/2, x2, y2-gapY/2, x2, y2)
	tx, ty := (x1+x2)/2, (y1+y2)/2
	if to.y <= from.y { // up, on the right of both
		x1, y1, x2, y2 = from.x+from.w, from.y+from.h/2, to.x+to.w, to.y+to.h/2
		out := max(x1, x2) + gapX
		path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, out, y1, out, y2, x2, y2)
		tx, ty = out-gapX/2, (y1+y2)/2
	}
	fmt.Fprintf(w, "<path class=\"%s\" d=\"%s\" marker-end=\"url(#%s)\"/>\n", class, path, end)
	fmt.Fprintf(w, "<text class=\"quiet\" x=\"%d\" y=\"%d\">%s</text>\n", tx+4, ty, a.label)
}
