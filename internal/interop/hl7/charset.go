package hl7

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charsets are table 0211 without its Japanese and Korean part, spelt as charsetName spells them. Latin 1 is read as
// its superset Windows-1252, as browsers do: the bytes between mean nothing else in practice.
var charsets = map[string]encoding.Encoding{
	"88591": charmap.Windows1252, "88592": charmap.ISO8859_2, "88593": charmap.ISO8859_3, "88594": charmap.ISO8859_4,
	"88595": charmap.ISO8859_5, "88596": charmap.ISO8859_6, "88597": charmap.ISO8859_7, "88598": charmap.ISO8859_8,
	"88599": charmap.ISO8859_9, "885915": charmap.ISO8859_15, "GB180302000": simplifiedchinese.GB18030,
	"WINDOWS1252": charmap.Windows1252, "CP1252": charmap.Windows1252, "LATIN1": charmap.Windows1252,
	"WINDOWS1250": charmap.Windows1250, "WINDOWS1251": charmap.Windows1251,
}

// decodeText turns a message into UTF-8. Senders often leave MSH-18 empty, or say ASCII and send more: then UTF-8 is
// taken for what is valid UTF-8, and Windows-1252 for what isn't, which loses nothing.
func decodeText(message []byte, m *marks) string {
	if isASCII(message) {
		return string(message)
	}
	declared, ok := charsets[charsetName(message, m)]
	if !ok {
		if utf8.Valid(message) {
			return string(message)
		}
		declared = charmap.Windows1252
	}
	text, err := declared.NewDecoder().Bytes(message)
	if err != nil {
		return strings.ToValidUTF8(string(message), "\ufffd")
	}
	return string(text)
}

// charsetName is the first of MSH-18 in capital letters and digits: "8859/1", "8859-1" and "ISO-8859-1" are the same.
func charsetName(message []byte, m *marks) string {
	end := bytes.IndexAny(message, "\r\n")
	if end < 0 {
		end = len(message)
	}
	fields := strings.Split(string(message[:end]), m.field)
	if len(fields) < 18 {
		return ""
	}
	name, _, _ := strings.Cut(fields[17], m.repetition)
	name = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(name))
	return strings.TrimPrefix(name, "ISO")
}

func isASCII(p []byte) bool {
	for _, c := range p {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
