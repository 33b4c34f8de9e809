package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The mark is a speech bubble that holds a heart, on a field of the primary colour. It is drawn here, in units of a field of
// 64 by 64, so that every size comes from the same numbers.
const (
	paper  = "#FAF8F5" // the page's background in light
	field  = 64.0
	corner = 15.0 // of the field

	bubbleLeft, bubbleRight, bubbleTop, bubbleBottom = 11.0, 53.0, 14.0, 46.0
	bubbleCorner                                     = 13.0
	tailFrom, tailTo, tailX, tailY                   = 19.0, 31.0, 19.0, 54.0 // along the bubble's lower edge, and the tip

	heartX, heartY, heartSide = 32.0, 31.0, 12.5 // of the square that stands on its corner
)

var (
	teal  = color.NRGBA{0x0B, 0x6B, 0x63, 0xFF}
	white = color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
)

// icons are the paths of the icons.
type icons struct{ svg, small, large, maskable, touch string }

func (r *Result) icons() icons {
	return icons{
		svg:      r.keep("icon", "svg", []byte(markSVG()), []byte(markSVG())),
		small:    r.keepPNG("icon-192", 192, corner, 1),
		large:    r.keepPNG("icon-512", 512, corner, 1),
		maskable: r.keepPNG("icon-maskable", 512, 0, 0.8), // phones cut a circle of 80 % out of it
		touch:    r.keepPNG("icon-touch", 180, 0, 0.9),
	}
}

// keep adds a file under a name that changes with what it shows.
func (r *Result) keep(name, ext string, content, shown []byte) string {
	sum := sha256.Sum256(shown)
	path := fmt.Sprintf("assets/%s-%s.%s", name, hex.EncodeToString(sum[:4]), ext)
	r.Files[path] = content
	return "/" + path
}

// keepPNG names the picture by its pixels: how Go packs them may change with its version.
func (r *Result) keepPNG(name string, size int, round, scale float64) string {
	picture := draw(size, round, scale)
	var b bytes.Buffer
	_ = png.Encode(&b, picture) // into memory, a picture of a right size
	return r.keep(name, "png", b.Bytes(), picture.Pix)
}

func markSVG() string {
	h := heartSide / math.Sqrt2
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="%g" fill="#0B6B63"/>`+
		`<g fill="#fff"><rect x="%g" y="%g" width="%g" height="%g" rx="%g"/><path d="M%g %gL%g %gL%g %gz"/></g>`+
		`<g fill="#0B6B63"><path d="M%.2f %.2fl%.2f %.2fl%.2f %.2fl%.2f %.2fz"/><circle cx="%.2f" cy="%.2f" r="%g"/><circle cx="%.2f" cy="%.2f" r="%g"/></g></svg>`+"\n",
		corner, bubbleLeft, bubbleTop, bubbleRight-bubbleLeft, bubbleBottom-bubbleTop, bubbleCorner,
		tailFrom, bubbleBottom-bubbleCorner, tailX, tailY, tailTo, bubbleBottom-2,
		heartX, heartY+h, -h, -h, h, -h, h, h,
		heartX-h/2, heartY-h/2, heartSide/2, heartX+h/2, heartY-h/2, heartSide/2)
}

// draw paints the mark with 16 looks per pixel.
func draw(size int, round, scale float64) *image.NRGBA {
	const fine = 4
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	unit := field / float64(size)
	for y := range size {
		for x := range size {
			var inField, inWhite int
			for i := range fine * fine {
				px := (float64(x) + (float64(i%fine)+0.5)/fine) * unit
				py := (float64(y) + (float64(i/fine)+0.5)/fine) * unit
				if !inRound(px, py, 0, field, 0, field, round) {
					continue
				}
				inField++
				if inMark((px-field/2)/scale+field/2, (py-field/2)/scale+field/2) {
					inWhite++
				}
			}
			picture.SetNRGBA(x, y, mix(inField, inWhite, fine*fine))
		}
	}
	return picture
}

func mix(inField, inWhite, of int) color.NRGBA {
	if inField == 0 {
		return color.NRGBA{}
	}
	part := func(a, b uint8) uint8 {
		return uint8((int(a)*(inField-inWhite) + int(b)*inWhite) / inField) //nolint:gosec // between two bytes
	}
	return color.NRGBA{part(teal.R, white.R), part(teal.G, white.G), part(teal.B, white.B), uint8(255 * inField / of)} //nolint:gosec // at most 255
}

// inMark tells whether a point is in the bubble and not in the heart.
func inMark(x, y float64) bool {
	bubble := inRound(x, y, bubbleLeft, bubbleRight, bubbleTop, bubbleBottom, bubbleCorner) ||
		inTriangle(x, y, tailFrom, bubbleBottom-bubbleCorner, tailX, tailY, tailTo, bubbleBottom-2)
	h := heartSide / math.Sqrt2
	square := math.Abs(x-heartX)+math.Abs(y-heartY) <= h
	lobes := math.Hypot(math.Abs(x-heartX)-h/2, y-heartY+h/2) <= heartSide/2
	return bubble && !square && !lobes
}

func inRound(x, y, left, right, top, bottom, radius float64) bool {
	if x < left || x > right || y < top || y > bottom {
		return false
	}
	dx := max(left+radius-x, x-right+radius, 0)
	dy := max(top+radius-y, y-bottom+radius, 0)
	return dx == 0 || dy == 0 || math.Hypot(dx, dy) <= radius
}

func inTriangle(x, y, ax, ay, bx, by, cx, cy float64) bool {
	side := func(px, py, qx, qy float64) bool { return (x-qx)*(py-qy)-(px-qx)*(y-qy) < 0 }
	a, b, c := side(ax, ay, bx, by), side(bx, by, cx, cy), side(cx, cy, ax, ay)
	return a == b && b == c
}
