package server

import (
	"html/template"

	"golang.org/x/text/language"
)

// words are the texts of the printed card in one language.
type words struct {
	Lang, Dir                                    string
	Title, Scan, Type, Birth, Once, Until, Alarm string
}

var (
	cardTexts = []words{
		{
			"en", "ltr", "Write to the care team", "Scan this with the camera of your phone,", "or open this address and type the code:",
			"You will be asked for the patient's date of birth.", "The code works once, for you alone.", "Valid until",
			"Not for emergencies. In an emergency call the ward or the local emergency number.",
		},
		{
			"es", "ltr", "Escriba al equipo de atención", "Escanee esto con la cámara de su teléfono,", "o abra esta dirección y escriba el código:",
			"Se le pedirá la fecha de nacimiento del paciente.", "El código sirve una sola vez, solo para usted.", "Válido hasta",
			"No es para emergencias. En una emergencia llame a la planta o al número local de emergencias.",
		},
		{
			"zh", "ltr", "给医护团队留言", "用手机相机扫描此码，", "或打开此网址并输入代码：",
			"系统会询问患者的出生日期。", "此代码只能使用一次，仅供您本人使用。", "有效期至",
			"不用于紧急情况。如遇紧急情况，请致电病房或当地急救电话。",
		},
		{
			"ar", "rtl", "راسِل فريق الرعاية", "امسح هذا الرمز بكاميرا هاتفك،", "أو افتح هذا العنوان واكتب الرمز:",
			"سيُطلب منك تاريخ ميلاد المريض.", "يعمل الرمز مرة واحدة ولك وحدك.", "صالح حتى",
			"ليس للحالات الطارئة. في الطوارئ اتصل بالجناح أو برقم الطوارئ المحلي.",
		},
		{
			"de", "ltr", "Schreiben Sie dem Behandlungsteam", "Scannen Sie dies mit der Kamera Ihres Telefons,", "oder öffnen Sie diese Adresse und tippen Sie den Code ein:",
			"Sie werden nach dem Geburtsdatum der Patientin oder des Patienten gefragt.", "Der Code gilt einmal und nur für Sie.", "Gültig bis",
			"Nicht für Notfälle. Rufen Sie im Notfall die Station oder den örtlichen Notruf an.",
		},
		{
			"pt", "ltr", "Escreva à equipe de cuidados", "Leia isto com a câmera do seu telefone,", "ou abra este endereço e digite o código:",
			"Será pedida a data de nascimento do paciente.", "O código funciona uma só vez, apenas para você.", "Válido até",
			"Não é para emergências. Em caso de emergência, ligue para a enfermaria ou para o número de emergência local.",
		},
	}
	cardMatcher = func() language.Matcher {
		tags := make([]language.Tag, len(cardTexts))
		for i, w := range cardTexts {
			tags[i] = language.MustParse(w.Lang)
		}
		return language.NewMatcher(tags)
	}()
)

// cardWords are the words nearest to a relative's language, English where it is unknown.
func cardWords(tag string) words {
	_, i, _ := cardMatcher.Match(language.Make(tag))
	return cardTexts[i]
}

var cardPage = template.Must(template.New("card").Parse(`<!doctype html>
<html lang="{{.Words.Lang}}" dir="{{.Words.Dir}}"><meta charset="utf-8"><title>{{.Words.Title}}</title>
<style>
@page { size: A6; margin: 8mm }
body { font: 11pt/1.4 system-ui, sans-serif; color: #000; background: #fff; max-width: 90mm; margin: auto; text-align: center }
h1 { font-size: 15pt; margin: 2mm 0 }
svg { width: 42mm; height: 42mm }
.code { font: 700 18pt/1.4 ui-monospace, monospace; letter-spacing: .08em; direction: ltr }
.url { direction: ltr; overflow-wrap: anywhere }
.alarm { border-top: 1px solid #000; padding-top: 2mm; font-weight: 600 }
p { margin: 1.5mm 0 }
</style>
<h1>{{.Words.Title}}</h1>
<p>{{.Words.Scan}}</p>{{.QR}}
<p>{{.Words.Type}}</p><p class="url">{{.URL}}</p><p class="code">{{.Code}}</p>
<p>{{.Words.Birth}} {{.Words.Once}}</p><p>{{.Words.Until}} <bdi>{{.Expires}}</bdi></p>
<p class="alarm">{{.Words.Alarm}}</p></html>
`))
