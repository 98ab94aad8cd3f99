package query

// castTypes are the names of types and what they mean.
var castTypes = map[string]string{
	"INT": "INT", "INTEGER": "INT",
	"FLOAT": "FLOAT", "DOUBLE": "FLOAT",
	"DECIMAL": "DECIMAL", "NUMERIC": "DECIMAL",
	"STRING": "STRING", "VARCHAR": "STRING",
	"BOOL": "BOOL", "BOOLEAN": "BOOL",
	"TIMESTAMP": "TIMESTAMP",
}

func (c *cast) eval(e *env) (value, error) {
	v, err := c.operand.eval(e)
	if err != nil || v.absent() {
		return v, err
	}
	made, ok := v.castTo(c.to)
	if !ok {
		return v, c.at.refuse("CastFailed", "%s cannot be cast to %s", quote(v.text()), c.to)
	}
	return e.make(made, v)
}

func (v value) castTo(to string) (value, bool) {
	switch to {
	case "STRING":
		return ofText(v.text()), true
	case "BOOL":
		return v.castBool()
	case "TIMESTAMP":
		t, ok := v.when()
		return value{kind: timestamp, s: v.text(), time: t}, ok
	}
	n, ok := v.castNumber()
	if !ok {
		return v, false
	}
	switch to {
	case "INT":
		n, ok = n.truncate()
	case "DECIMAL":
		n.class = max(n.class, fractional)
	case "FLOAT":
		n = ofFloat(n.float64())
	}
	return ofNumber(n), ok && n.isFinite()
}

func (v value) castNumber() (number, bool) {
	switch v.kind {
	case text:
		return parseNumber(v.s)
	case boolean:
		if v.flag {
			return integer(1), true
		}
		return integer(0), true
	default:
		return v.number()
	}
}

// castBool takes numbers as castNumber does, and TRUE and FALSE.
func (v value) castBool() (value, bool) {
	if n, ok := v.castNumber(); ok {
		return ofBool(!n.isZero()), true
	}
	b, ok := parseBool(v.s)
	return ofBool(b), ok
}
