package views

import "strings"

// sparkline draws the last cells samples of a rate, a cell each. Only the peak
// fills its cell, so that a steady rate is no solid bar. Nothing moved where a
// cell is blank.
func (k *Look) sparkline(rates []float64, cells int) (text string, peak float64) {
	rates = rates[max(len(rates)-cells, 0):]
	for _, r := range rates {
		peak = max(peak, r)
	}
	if peak < 1 {
		return "", 0
	}
	steps := k.Marks.Spark
	var b strings.Builder
	for _, r := range rates {
		if r < 1 {
			b.WriteString(" ")
			continue
		}
		b.WriteString(steps[int(r/peak*float64(len(steps)-1))])
	}
	return b.String(), peak
}

// rateHistory is a sparkline with its scale, or "" where nothing has moved or
// there is no room. It is as wide as the samples there are.
func (k *Look) rateHistory(rates []float64, room int) string {
	scale := "peak " + pad("", rateCells, false)
	cells := min(room-len(scale)-1, len(rates))
	if cells < leastSpark {
		return ""
	}
	text, peak := k.sparkline(rates, cells)
	if text == "" {
		return ""
	}
	return text + " peak " + Rate(peak)
}

// rateCells is the room for "999.9 MB/s".
const rateCells = 10

// leastSpark is the fewest samples that are worth a line.
const leastSpark = 2
