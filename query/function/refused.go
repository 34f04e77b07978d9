package function

import (
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// refused are functions of Trino and its plug-ins that are known but not supported,
// with why, and what serves instead.
var refused = []struct {
	why     string
	instead string
	names   []string // a name that ends in _ stands for all that begin so
}{
	{"there are no sketch types", "approx_distinct, approx_percentile and approx_most_frequent compute from rows", []string{
		"approx_set", "empty_approx_set", "merge", "make_set_digest", "merge_set_digest", "jaccard_index",
		"intersection_cardinality", "hash_counts", "qdigest_agg", "tdigest_agg", "value_at_quantile",
		"values_at_quantiles", "quantile_at_value", "quantiles_at_values", "trimmed_mean",
	}},
	{"there are no geospatial functions", "", []string{
		"st_", "bing_tile_", "bing_tiles_", "bing_tile", "bing_tile_at", "geometry_", "spherical_geography_", "to_geometry",
		"to_spherical_geography", "from_geojson_", "to_geojson_", "from_encoded_polyline", "to_encoded_polyline",
		"great_circle_distance", "simplify_geometry", "convex_hull_agg", "line_locate_point", "line_interpolate_point",
		"line_interpolate_points", "to_geohash", "spatial_partitioning", "spatial_partitions",
	}},
	{"there is no machine learning", "", []string{
		"learn_", "classify", "features", "regress",
	}},
	{"there are no colours", "", []string{"bar", "color", "render", "rgb"}},
	{"Teradata's functions are left out", "date_format, date_parse, strpos and to_hex serve instead", []string{
		"char2hexint", "index", "to_char", "to_date", "to_timestamp",
	}},
	{"a timestamp holds microseconds", "from_iso8601_timestamp takes up to six digits", []string{"from_iso8601_timestamp_nanos"}},
	{"there is no session of Trino", "", []string{"current_groups", "version"}},
	{"there is no type variant", "json is the type for values of any shape", []string{"variant_is_null"}},
}

// unsupported is the error for a function that is known but not supported; nil for others.
func unsupported(name string) error {
	for _, r := range refused {
		if !slices.ContainsFunc(r.names, func(n string) bool {
			return name == n || strings.HasSuffix(n, "_") && strings.HasPrefix(name, n)
		}) {
			continue
		}
		err := ast.Errorf(ast.NotSupported, ast.Span{}, "Function '%s' is not supported: %s", name, r.why)
		err.Hint = r.instead
		return err
	}
	return nil
}
