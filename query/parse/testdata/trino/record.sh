#!/bin/sh
# Records what Trino's own parser makes of the statements in this folder anew:
#
#   sh query/parse/testdata/trino/record.sh
#
# Needs Maven and the JDK that the pinned parser wants (25), at JAVA_HOME or among
# /usr/lib/jvm; the first run fetches a few megabytes of artifacts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's:.*<trino.version>\(.*\)</trino.version>.*:\1:p' "$here/pom.xml")
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
  if [ -x "$home/bin/javac" ] && "$home/bin/javac" -version 2>&1 | grep -qE 'javac (2[5-9]|[3-9][0-9])'; then
    export JAVA_HOME="$home"
    found=yes
    break
  fi
done
[ -n "${found:-}" ] || { echo "record.sh: the parser of Trino $version needs a JDK of version 25 or later: set JAVA_HOME"; exit 1; }
command -v mvn >/dev/null || { echo "record.sh: Maven is needed to fetch the parser of Trino $version"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mvn -q -B -f "$here/pom.xml" dependency:build-classpath -Dmdep.outputFile="$work/classpath" >"$work/mvn.log" 2>&1 ||
  { cat "$work/mvn.log"; exit 1; }
"$JAVA_HOME/bin/javac" -nowarn -cp "$(cat "$work/classpath")" -d "$work/classes" "$here/Tree.java" 2>"$work/javac.log" ||
  { cat "$work/javac.log"; exit 1; }
"$JAVA_HOME/bin/java" -cp "$work/classes:$(cat "$work/classpath")" Tree "$here"/*.txt
echo "record.sh: recorded from the parser of Trino $version"
