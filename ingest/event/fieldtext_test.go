package event

import "testing"

func TestFieldText(t *testing.T) {
	for record, want := range map[string]string{
		`{"requestParameters":{"a": "1", "b" : [ 1, {"c":"x y"} ]}}`: `{"a":"1","b":[1,{"c":"x y"}]}`,
		`{"x":{"requestParameters":1},"requestParameters":{}}`:       `{}`,
		`{"requestParameters":1,"requestParameters":{"a":2}}`:        `{"a":2}`,
		`{"request\u0050arameters":{"a":2}}`:                         `{"a":2}`,
		`{"requestParameters":"{\"a\":\"b\"}"}`:                      `{"a":"b"}`,
		`{"requestParameters":"some prose"}`:                         `some prose`,
		` {"requestParameters" : "" } `:                              ``,
		`{"requestParameters":null}`:                                 "NULL",
		`{"requestParameters":" null "}`:                             "NULL",
		`{"requestparameters":{"a":1}}`:                              "NULL",
		`{}`:                                                         "NULL",
	} {
		got := "NULL"
		if text, ok := FieldText(nil, []byte(record), "requestParameters"); ok {
			got = string(text)
		}
		if got != want {
			t.Errorf("FieldText(%s) = %s, want %s", record, got, want)
		}
	}
	if got, _ := FieldText([]byte("x"), []byte(`{"k":"y"}`), "k"); string(got) != "xy" {
		t.Errorf("FieldText appends: %s", got)
	}
}
