package views

import "slices"

// inTheClear is the choice of no key.
const inTheClear = "no key: it is stored as it is"

// turnKey chooses the next key, or the one before; none is one of the choices.
func (p *Plan) turnKey(in Input) {
	all := append([]string{""}, p.Keys...)
	step := 1
	if in == Left {
		step = len(all) - 1
	}
	p.Encrypt = all[(max(slices.Index(all, p.Encrypt), 0)+step)%len(all)]
}

func (p *Plan) encryption(k *Look) string {
	style, text := k.Text, inTheClear
	if p.Encrypt != "" {
		text = "key " + p.Encrypt
	}
	if p.focus == onEncrypt {
		style = k.Button
	}
	return "  " + k.Dim.On("Encrypted with  ") + style.On(k.Marks.Open+" "+text+" "+k.Marks.Shut)
}
