package main

import (
	"encoding/json"
	"fmt"
)

// restError is what an unsuccessful REST answer says.
func restError(status int, body []byte) error {
	var e struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &e) == nil && e.Message != "" {
		return fmt.Errorf("%s: %s", e.Code, e.Message)
	}
	return fmt.Errorf("HTTP status %d: %.200s", status, body)
}
