#!/bin/sh
# Starts a real Trino, runs a command with "-server URL -version V" added, and stops it.
#
#   sh query/slttest/record/trino.sh go run ./query/slttest/record
#
# TRINO=URL takes a server that runs already. Else this needs Maven and the JDK that
# the pinned Trino wants (25), at JAVA_HOME or among /usr/lib/jvm; the first run
# fetches about 500 MB of artifacts. TRINO_PORT chooses the port.
set -eu
here=$(cd "$(dirname "$0")" && pwd)/server
version=$(sed -n 's:.*<trino.version>\(.*\)</trino.version>.*:\1:p' "$here/pom.xml")
if [ -n "${TRINO:-}" ]; then
  exec "$@" -server "$TRINO" -version "$version"
fi

for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
  if [ -x "$home/bin/javac" ] && "$home/bin/javac" -version 2>&1 | grep -qE 'javac (2[5-9]|[3-9][0-9])'; then
    export JAVA_HOME="$home"
    found=yes
    break
  fi
done
[ -n "${found:-}" ] || { echo "trino.sh: Trino $version needs a JDK of version 25 or later: set JAVA_HOME"; exit 1; }
command -v mvn >/dev/null || { echo "trino.sh: Maven is needed to fetch Trino $version"; exit 1; }

work=$(mktemp -d)
trap 'kill "${pid:-}" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
mvn -q -B -f "$here/pom.xml" dependency:build-classpath -Dmdep.outputFile="$work/classpath" >"$work/mvn.log" 2>&1 ||
  { cat "$work/mvn.log"; exit 1; }
"$JAVA_HOME/bin/javac" -nowarn -cp "$(cat "$work/classpath")" -d "$work/classes" "$here/src/main/java/TrinoServer.java" 2>"$work/javac.log" ||
  { cat "$work/javac.log"; exit 1; }
"$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx3g \
  -cp "$work/classes:$(cat "$work/classpath")" TrinoServer "${TRINO_PORT:-0}" >"$work/trino.log" 2>&1 &
pid=$!
url=
for _ in $(seq 120); do
  url=$(sed -n 's#.*ready \(http://[0-9.:]*\).*#\1#p' "$work/trino.log" | head -n 1)
  [ -z "$url" ] || break
  kill -0 "$pid" 2>/dev/null || { tail -n 30 "$work/trino.log"; exit 1; }
  sleep 1
done
[ -n "$url" ] || { tail -n 30 "$work/trino.log"; exit 1; }
echo "trino.sh: Trino $version at $url"
"$@" -server "$url" -version "$version"
