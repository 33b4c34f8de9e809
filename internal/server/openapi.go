package server

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"kinward/internal/protocol"
)

// bodies names the request and answer types of routes, for openapi.json. Routes that are not here have no JSON body.
var bodies = map[string]struct{ in, out any }{
	"GET /about":                        {nil, protocol.About{}},
	"POST /people":                      {protocol.Register{}, protocol.SignedIn{}},
	"GET /people":                       {nil, protocol.PeopleList{}},
	"GET /accounts":                     {nil, protocol.PeopleList{}},
	"POST /sessions":                    {protocol.SignIn{}, protocol.SignedIn{}},
	"GET /sessions":                     {nil, protocol.SessionList{}},
	"GET /me":                           {nil, protocol.OnePerson{}},
	"PUT /me/password":                  {protocol.ChangePassword{}, nil},
	"GET /conversations":                {nil, protocol.Snapshot{}},
	"POST /conversations":               {protocol.OpenConversation{}, protocol.OneConversation{}},
	"GET /conversations/{conversation}": {nil, protocol.OneConversation{}},
	"GET /conversations/{conversation}/messages":          {nil, protocol.MessageList{}},
	"POST /conversations/{conversation}/messages":         {protocol.NewMessage{}, protocol.OneMessage{}},
	"PATCH /conversations/{conversation}/messages/{seq}":  {protocol.Correction{}, protocol.OneMessage{}},
	"DELETE /conversations/{conversation}/messages/{seq}": {nil, protocol.OneMessage{}},
	"PUT /conversations/{conversation}/marks":             {protocol.Marks{}, nil},
	"POST /conversations/{conversation}/members":          {protocol.AddMember{}, nil},
	"GET /feed":                                    {nil, protocol.Page{}},
	"GET /patients":                                {nil, protocol.PatientList{}},
	"GET /patients/{patient}":                      {nil, protocol.OnePatient{}},
	"POST /patients/{patient}/invitations":         {protocol.Invite{}, protocol.Invitation{}},
	"POST /invitations/redeem":                     {protocol.Redeem{}, protocol.Redeemed{}},
	"POST /patients/{patient}/links/{link}/revoke": {protocol.Revoke{}, nil},
	"POST /patients/{patient}/assignments":         {protocol.Assign{}, protocol.OneAssignment{}},
	"POST /embed/sessions":                         {protocol.EnterEmbed{}, protocol.Embedded{}},
	"PUT /embed/sessions/current":                  {protocol.EnterEmbed{}, protocol.EmbedRenewed{}},
	"GET /embed/patients":                          {nil, protocol.EmbedPatient{}},
}

// queries names the query parameters of routes.
var queries = map[string]string{
	"GET /people": "query limit",
	"GET /conversations/{conversation}/messages": "before after limit",
	"GET /feed":           "cursor wait limit",
	"GET /feed/events":    "cursor",
	"GET /feed/socket":    "cursor auth",
	"GET /patients":       "query ward mine limit after",
	"GET /embed/patients": "number",
}

type object = map[string]any

// openapi describes the API from the route table and the wire types, so that it can't tell of anything else.
func (s *Server) openapi(w http.ResponseWriter, _ *http.Request) {
	doc, err := json.MarshalIndent(Describe(s.Routes()), "", " ")
	if err != nil {
		http.Error(w, "the description can't be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(doc) // a client that is gone needs no answer
}

// Describe makes the OpenAPI 3.1 document of routes.
func Describe(routes []Route) any {
	schemas := object{}
	paths := object{}
	for _, r := range routes {
		path, ok := paths[r.Path].(object)
		if !ok {
			path = object{}
			paths[r.Path] = path
		}
		path[strings.ToLower(r.Method)] = operation(r, schemas)
	}
	schemaOf(reflect.TypeFor[protocol.Problem](), schemas)
	return object{
		"openapi":  "3.1.0",
		"info":     object{"title": "Kinward", "version": "1", "description": "Messages between care teams, families and any registered people."},
		"servers":  []any{object{"url": "/api/v1"}},
		"security": []any{object{"bearer": []string{}}, object{"cookie": []string{}}},
		"paths":    paths,
		"components": object{"schemas": schemas, "securitySchemes": object{
			"bearer": object{"type": "http", "scheme": "bearer"},
			"cookie": object{"type": "apiKey", "in": "cookie", "name": cookieName},
		}},
	}
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

func operation(r Route, schemas object) object {
	key := r.Method + " " + r.Path
	var parameters []any
	for _, m := range pathParameter.FindAllStringSubmatch(r.Path, -1) {
		parameters = append(parameters, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, name := range strings.Fields(queries[key]) {
		parameters = append(parameters, object{"name": name, "in": "query", "schema": object{"type": "string"}})
	}
	problem := object{"description": "A problem (RFC 9457)", "content": object{"application/problem+json": object{"schema": ref("Problem")}}}
	success := object{"description": "Done"}
	op := object{"summary": r.Summary, "responses": object{"2XX": success, "4XX": problem, "5XX": problem}}
	if parameters != nil {
		op["parameters"] = parameters
	}
	if r.Open {
		op["security"] = []any{}
	}
	if in := bodies[key].in; in != nil {
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": schemaOf(reflect.TypeOf(in), schemas)}}}
	}
	if out := bodies[key].out; out != nil {
		success["content"] = object{"application/json": object{"schema": schemaOf(reflect.TypeOf(out), schemas)}}
	}
	return op
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// schemaOf describes a wire type; structs are described once, under their name.
func schemaOf(t reflect.Type, schemas object) object {
	switch {
	case t == reflect.TypeFor[protocol.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem(), schemas)
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem(), schemas)}
	case t.Kind() == reflect.Struct:
		if _, done := schemas[t.Name()]; !done {
			schemas[t.Name()] = nil // its fields may lead back to it
			schemas[t.Name()] = fieldsOf(t, schemas)
		}
		return ref(t.Name())
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	}
	return object{"type": "integer"}
}

func fieldsOf(t reflect.Type, schemas object) object {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[name] = schemaOf(t.Field(i).Type, schemas)
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
}
