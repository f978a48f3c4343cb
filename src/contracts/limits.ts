/**
 * Every cap of the application in one place (architecture, law 11): what is limited, the unit in the name, and where the
 * number comes from. A number without a source is a choice of ours and says so.
 */

/** Largest request body. Ours: a plan with 100 stages and 1,000 kustomizations is under 300 KiB. */
export const REQUEST_BODY_BYTES_MAX = 1024 * 1024;
/** Deepest nesting of a request body. Ours: the contract itself is 8 deep; a parser bomb is 100,000 deep. */
export const REQUEST_DEPTH_MAX = 32;
/** YAML aliases one document may expand. Ours: alias bombs need thousands. */
export const YAML_ALIASES_MAX = 100;

/** Clusters in one rollout. Ours: the largest fleet the product is built for. */
export const CLUSTERS_PER_ROLLOUT_MAX = 100_000;
/** Stages in one rollout. Ours. */
export const STAGES_MAX = 50;
/** Entries in any list of a selector. Ours. */
export const SELECTOR_ENTRIES_MAX = 1000;
/** Configurations that one rollout changes. Ours: each is a step of its own on every cluster. */
export const CONFIGURATIONS_PER_ROLLOUT_MAX = 20;
/** Settings of the extension, plain or protected, in one request. Ours: the chart knows about 25 families. */
export const EXTENSION_SETTINGS_MAX = 100;
/** Variables of one plan. Ours. */
export const VARIABLES_MAX = 100;
/** Characters of the values that all clusters of one plan get together. Ours: 100,000 clusters with 200 each. */
export const PLAN_VALUES_CHARACTERS_MAX = 20_000_000;
/** Clusters up to which a submission compares the change with what is there: two queries. Beyond it, only a dry run and each cluster's turn do. */
export const PREFLIGHT_COMPARED_MAX = 2000;
/** Leases that one preflight reads to learn whose the existing configurations are. Ours: half a second of point reads. */
export const PREFLIGHT_LEASES_READ_MAX = 1000;
/** Clusters whose configurations one preflight lists before the extension goes. Ours: less than half of a subscription's free reads. */
export const PREFLIGHT_CLUSTERS_LISTED_MAX = 100;
/** Kustomizations of one configuration. Ours: Azure publishes no number. */
export const KUSTOMIZATIONS_MAX = 100;

/** `fluxConfigurations` and kustomization names: `az k8s-configuration` refuses more (reference of the CLI, 2.3.0). */
export const CONFIGURATION_NAME_LENGTH_MAX = 63;
/** Portal, built-in policies and Terraform accept at most this many characters; longer names get a warning. */
export const CONFIGURATION_NAME_LENGTH_ADVISED = 30;
/** Kubernetes namespace names (RFC 1123 label). */
export const NAMESPACE_LENGTH_MAX = 63;
/** Names of Kubernetes objects (RFC 1123 subdomain). */
export const OBJECT_NAME_LENGTH_MAX = 253;
/** Characters of a certificate or a known_hosts text in a request. Ours: a bundle of a dozen certificates fits. */
export const ENCODED_TEXT_LENGTH_MAX = 64 * 1024;
/** Entries in a map or list inside a source or a kustomization, such as `postBuild.substitute`. Ours. */
export const BLOCK_ENTRIES_MAX = 200;

/** Clusters in flight that one rollout keeps in its live set, whatever `maxConcurrency` says (architecture, section 4). */
export const LIVE_CLUSTERS_MAX = 2000;
/** Clusters per stored target page: a page stays far under Table Storage's 1 MiB entity. */
export const TARGETS_PER_PAGE = 1000;
/** Entities in one Table Storage entity-group transaction (service limit). */
export const TRANSACTION_ENTITIES_MAX = 100;
/** Bytes in one Table Storage entity-group transaction (service limit, 4 MiB, less room for the envelope). */
export const TRANSACTION_BYTES_MAX = 3.5 * 1024 * 1024;

/** Longest wait of a deferred cluster, soak, gate or deadline. Ours: a rollout is not a calendar. */
export const DURATION_SECONDS_MAX = 90 * 24 * 60 * 60;
/** Longest `*InSeconds` value a Flux resource takes (Terraform's bound; the REST spec names none). */
export const FLUX_SECONDS_MAX = 35_791_394;

/** Changed snapshots that a sweep gathers before it writes them. Ours: ten transactions. */
export const SNAPSHOTS_PER_WRITE = 1000;
/** Edits, suspensions and resumptions kept on top of one baseline. Ours: an apply starts anew. */
export const BASELINE_EDITS_MAX = 50;
/** Reads of the activity log for one subscription in one sweep. Ours: a fifth of the reads that a subscription has at once. */
export const ACTIVITY_LOG_READS_PER_SWEEP = 50;
/** Shards of one sweep at work at the same time. Ours: memory of the host grows with each (bench), speed hardly. */
export const SWEEP_SHARDS_AT_ONCE = 2;
/** Shards of one sweep. Ours. */
export const SWEEP_SHARDS_MAX = 500;

/** Rows in one page of a list answer. Ours. */
export const PAGE_SIZE_MAX = 1000;
/** Rows in one page of a list answer when the caller names no number. */
export const PAGE_SIZE_DEFAULT = 100;
/** Characters of an `Idempotency-Key`. Ours. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 128;
/** Characters of a reason given with a command. Ours. */
export const REASON_LENGTH_MAX = 500;
/** Commands waiting on one rollout. Ours: people do not click this often. */
export const PENDING_COMMANDS_MAX = 50;
/** Characters kept of an upstream error message. Ours: enough for the innermost ARM error. */
export const DETAIL_LENGTH_MAX = 1000;

/** Resource Graph: rows in one page (service limit). */
export const GRAPH_PAGE_ROWS_MAX = 1000;
/** Resource Graph: subscriptions in one query (service advice: fewer than 300). */
export const GRAPH_SUBSCRIPTIONS_MAX = 250;
/** Resource Graph: ids in one `in~` list. Ours: keeps the query text near 50 KiB. */
export const GRAPH_IDS_MAX = 300;

/** Dead letters of a queue that are counted. Ours: more of them are no other news. */
export const DEAD_LETTERS_COUNTED_MAX = 100;

/** Bytes read of one answer of Azure. Ours: 1,000 configurations with all their properties are about 10 MiB. */
export const RESPONSE_BYTES_MAX = 32 * 1024 * 1024;
/** Longest pause an answer of Azure may ask for. Ours: a longer one is no throttling but a fault. */
export const RETRY_AFTER_SECONDS_MAX = 60 * 60;

/** Policy bindings of one installation. Ours: each reads the snapshots of its clusters. */
export const BINDINGS_MAX = 100;
/** Characters of a binding's name: `drift-NAME` is a rollout's name, which has at most 63. */
export const BINDING_NAME_LENGTH_MAX = 57;
/** How often a binding may act at most. Ours: a policy state takes about 15 minutes to follow a write (Azure Policy, "Evaluation triggers"). */
export const BINDING_EVERY_SECONDS_MIN = 900;
/** Corrections of one cluster within the period. Ours: more is no limit. */
export const BINDING_CORRECTIONS_MAX = 20;
/** Longest period over which corrections of a cluster are counted. Ours: what is counted is kept that long. */
export const BINDING_PERIOD_SECONDS_MAX = 7 * 24 * 60 * 60;
/** Rollouts that one run of a binding submits: their lists of clusters are stored in one transaction (4 MiB, 0.5 MiB each at worst). */
export const CORRECTIONS_PER_RUN_MAX = 5;
/** Remediation tasks that one run of a binding creates. Ours: a tenant has 100 at a time (Azure Policy, "Remediation task structure"). */
export const REMEDIATIONS_PER_RUN_MAX = 20;
/** Resource ids of one remediation task (API 2024-10-01). */
export const REMEDIATION_CLUSTERS_MAX = 100;
/** Deployments of one remediation task at a time (API 2024-10-01). */
export const REMEDIATION_PARALLEL_MAX = 30;
/** Measures that a binding remembers. Ours: with their lines the record stays under 200 KiB. */
export const MEASURES_KEPT_MAX = 200;
/** Held clusters that a binding shows. */
export const HELD_SHOWN_MAX = 100;
/** Clusters that a binding shows as non-compliant in the words of Policy, and members of an initiative with each. Ours. */
export const NON_COMPLIANT_SHOWN_MAX = 50;
export const NON_COMPLIANT_MEMBERS_SHOWN_MAX = 10;
/** Subscriptions that one binding has evaluated on demand. Ours: each is a line of half a KiB in its record. */
export const EVALUATED_SUBSCRIPTIONS_MAX = 500;
/** Changes that a binding remembers. Ours. */
export const BINDING_CHANGES_KEPT_MAX = 50;

/** Bytes of one webhook delivery. Ours: a push of 2,048 commits with their files is under 4 MiB; GitHub sends at most 25 MB, Bitbucket 256 KB. */
export const DELIVERY_BYTES_MAX = 5 * 1024 * 1024;
/** Characters of a delivery id. Ours: every provider sends a UUID or a number. */
export const DELIVERY_ID_LENGTH_MAX = 128;
/** Bytes that the secret of a hook has at least: as long as the hash it keys (RFC 2104, section 3). */
export const HOOK_SECRET_BYTES_MIN = 32;
/** Deliveries of one hook per minute. Ours: 200 a second. */
export const HOOK_DELIVERIES_PER_MINUTE_MAX = 12_000;
/** Repositories that a hook is limited to. Ours. */
export const HOOK_REPOSITORIES_MAX = 100;
/** Hooks of one installation. Ours. */
export const HOOKS_MAX = 1000;
/** Records of rejected deliveries that one process writes per minute. Ours: a flood must not fill the table. */
export const REJECTIONS_RECORDED_PER_MINUTE = 30;
/** Characters of a JSON pointer in a field mapping. Ours. */
export const POINTER_LENGTH_MAX = 200;
/** Characters of a normalised repository. Ours. */
export const REPOSITORY_LENGTH_MAX = 512;
/** Characters of a branch or tag (Git refuses more than a path of the file system takes). */
export const REF_LENGTH_MAX = 250;
/** Changed files that are kept of one push; more count as unknown. GitHub lists the files of at most 20 commits; ours. */
export const CHANGED_PATHS_MAX = 5000;
/** Characters of one changed file's path. Ours; longer ones make the changes unknown. */
export const PATH_LENGTH_MAX = 1024;
/** Refs that one delivery may move. Ours: `git push --mirror` sends thousands; they are cut off and the delivery says so. */
export const PUSHES_PER_DELIVERY_MAX = 100;
/** Definitions of one installation. Ours. */
export const DEFINITIONS_MAX = 1000;
/** Bytes of one definition as JSON. Ours: it is stored twice in one transaction, and compressed in one row with all that is known of its refs. */
export const DEFINITION_BYTES_MAX = 512 * 1024;
/** Versions kept of one definition. Ours: one query reads them all. */
export const DEFINITION_VERSIONS_KEPT_MAX = 50;
/** Revisions that one definition holds back. Ours. */
export const DEFINITION_HOLDS_MAX = 100;
/** Globs in one list, and characters of one. Ours. */
export const GLOBS_MAX = 100;
export const GLOB_LENGTH_MAX = 250;
/** Moves that are kept of one ref, to find the order of late deliveries. Ours. */
export const REF_EDGES_MAX = 50;
/** Refs that are kept of one definition: the ones that moved last. Ours. */
export const REFS_PER_DEFINITION_MAX = 50;
/** Refs read of one repository by a poll. Ours. */
export const POLL_REFS_MAX = 20_000;
/** Refs that a definition may match and still be polled: where each stood is kept in its record, 40 KiB compressed. Ours. */
export const POLLED_HEADS_MAX = 1000;
/** Moved refs that one poll takes in: each leaves up to two decisions in a write of 100 rows. The rest comes with the next poll. */
export const POLLED_MOVES_MAX = 40;
/** Bytes read of one answer of a Git host. Ours: 20,000 refs are 2 MiB; hosts that cannot filter send those of pull requests too. */
export const GIT_ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** Repositories asked at the same time. Ours: four answers of the greatest size fit into the memory of the host. */
export const POLLS_AT_ONCE = 4;
/** Characters of a commit status: what GitHub takes, the least of all hosts (it answers 422 to more). */
export const STATUS_DESCRIPTION_LENGTH_MAX = 140;
/** Characters of a bearer token. Ours: one with the 200 groups that Entra puts into a token at most has about 10,000. */
export const TOKEN_LENGTH_MAX = 16 * 1024;
/** Bytes read of the signing keys of a tenant. Ours: Entra lists about ten, 25 KiB. */
export const SIGNING_KEYS_BYTES_MAX = 256 * 1024;
/** Characters that an API key has at least. Ours: 24 random bytes in base64. */
export const API_KEY_LENGTH_MIN = 32;
/** API keys of one installation. Ours: each is compared with on every call. */
export const API_KEYS_MAX = 100;
/** Grants of one installation, and who one of them names. Ours. */
export const GRANTS_MAX = 200;
export const GRANT_SUBJECTS_MAX = 100;
/** Clusters named in an answer that refuses a change outside of somebody's grants. Ours. */
export const OUTSIDE_SHOWN_MAX = 5;

/** Finished spans that wait for an exporter; further ones are lost. OpenTelemetry's default (`OTEL_BSP_MAX_QUEUE_SIZE`): about 4 MiB. */
export const SPANS_QUEUED_MAX = 2048;
/** Characters of one attribute of a span, and of the message it failed with. Ours: the longest ids of Azure have 400. */
export const SPAN_TEXT_CHARACTERS_MAX = 500;
