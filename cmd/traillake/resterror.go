package main

import (
	"encoding/json"
	"fmt"
)

// restError is what an unsuccessful REST answer says.
type restError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error implements error.
func (e *restError) Error() string { return e.Code + ": " + e.Message }

// readError makes an error of an unsuccessful REST answer.
func readError(status int, body []byte) error {
	var e restError
	if json.Unmarshal(body, &e) == nil && e.Message != "" {
		return &e
	}
	return fmt.Errorf("HTTP status %d: %.200s", status, body)
}
