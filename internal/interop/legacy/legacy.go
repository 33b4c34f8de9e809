package legacy

import "net/http"

func Handler() http.Handler { return http.NotFoundHandler() }
