#!/bin/sh
# Checks an unpacked evidence bundle (formats/bundle.md) with nothing but a shell, openssl 3 and the tools that come
# with every POSIX system. It reads no key from the bundle: what you trust has to come from you.
set -eu
LC_ALL=C
export LC_ALL

usage() {
  echo "Usage: sh tools/verify-plain.sh --key VKEY [--witness VKEY]... [--tsa-ca FILE] [--held FILE]... [FOLDER]
  --key      the ledger's verifier key, from whoever answers for it
  --witness  the key of a witness that has to have cosigned; each one given has to
  --tsa-ca   certificates of the timestamp services that you trust (PEM)
  --held     a checkpoint that you kept from earlier
Exit status: 0 it holds; 1 it does not, and the line says where; 2 wrong use." >&2
  exit 2
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM
no() { echo "NOT VERIFIED: $1: $2"; exit 1; }
here() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }

key='' ca='' folder=.
: >"$tmp/witnesses"
: >"$tmp/held"
while [ $# -gt 0 ]; do
  case $1 in
    --key | --witness | --tsa-ca | --held)
      [ $# -ge 2 ] || usage
      case $1 in
        --key) key=$2 ;;
        --witness) printf '%s\n' "$2" >>"$tmp/witnesses" ;;
        --tsa-ca) ca=$(here "$2") ;;
        --held) here "$2" >>"$tmp/held" ;;
      esac
      shift 2
      ;;
    -*) usage ;;
    *) folder=$1; shift ;;
  esac
done
[ -n "$key" ] || usage
openssl version | grep -q '^OpenSSL [3-9]' || { echo "openssl 3 or newer is needed" >&2; exit 2; }
cd "$folder" 2>/dev/null || { echo "$folder: there is no such folder" >&2; exit 2; }

# --- small spellings -----------------------------------------------------------------------------------------------

hex() { od -An -v -tx1 | tr -d ' \n'; }
# Bytes of a hexadecimal text, to standard output.
unhex() {
  # The format is made here, of octal escapes only.
  # shellcheck disable=SC2059
  printf "$(printf '%s' "$1" | awk '{ for (i = 1; i < length($0); i += 2) printf "\\%03o",
    16 * (index("0123456789abcdef", substr($0, i, 1)) - 1) + index("0123456789abcdef", substr($0, i + 1, 1)) - 1 }')"
}
# Standard base64 in its one spelling, decoded into a file.
unbase64() {
  printf '%s' "$1" | openssl base64 -d -A >"$2" 2>/dev/null || return 1
  [ "$(openssl base64 -A <"$2")" = "$1" ]
}
is_number() { case $1 in '' | *[!0-9]* | 0?*) return 1 ;; *) [ ${#1} -le 15 ] ;; esac; }
node_hash() { { printf '\001'; unhex "$1$2"; } | openssl dgst -sha256 -r | cut -c1-64; }

# --- keys and signatures -------------------------------------------------------------------------------------------

# read_key VKEY TYPE: key_name, key_id, and the public key in $tmp/key.der
read_key() {
  key_name=${1%%+*}
  key_rest=${1#*+}
  key_id=${key_rest%%+*}
  unbase64 "${key_rest#*+}" "$tmp/key.bin" || { echo "$1: not a verifier key" >&2; exit 2; }
  key_type=$(od -An -v -tu1 -N1 "$tmp/key.bin" | tr -d ' ')
  own_id=$({ printf '%s\n' "$key_name"; cat "$tmp/key.bin"; } | openssl dgst -sha256 -r | cut -c1-8)
  if [ "$(wc -c <"$tmp/key.bin" | tr -d ' ')" != 33 ] || [ "$key_type" != "$2" ] || [ "$own_id" != "$key_id" ]; then
    echo "$1: not a verifier key of type $2, or its id does not fit" >&2
    exit 2
  fi
  # RFC 8410: an Ed25519 public key is these bytes and the key itself.
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; tail -c 32 "$tmp/key.bin"; } >"$tmp/key.der"
}

# check_note FILE VKEY TYPE: the note is signed by the key. Leaves its text in $tmp/text and a cosignature's time in
# cosigned_at.
check_note() {
  read_key "$2" "$3"
  awk '/^$/ { exit } { print }' "$1" >"$tmp/text"
  awk 'past { print } /^$/ { past = 1 }' "$1" >"$tmp/signatures"
  found=''
  cosigned_at=''
  while read -r dash name line rest; do
    [ -z "$rest" ] || no "$1" "not a signature line"
    if [ "$dash" != "$(printf '\342\200\224')" ] || ! unbase64 "$line" "$tmp/signature"; then
      no "$1" "not a signature line"
    fi
    [ "$name" = "$key_name" ] || continue
    [ "$(head -c 4 "$tmp/signature" | hex)" = "$key_id" ] || continue
    long=$(wc -c <"$tmp/signature" | tr -d ' ')
    if [ "$3" = 1 ]; then
      [ "$long" = 68 ] || no "$1" "the signature of $name is bad"
      cp "$tmp/text" "$tmp/message"
    else
      # C2SP tlog-cosignature: 8 bytes of time, which is signed too.
      [ "$long" = 76 ] || no "$1" "the signature of $name is bad"
      cosigned_at=$(head -c 12 "$tmp/signature" | tail -c 8 | od -An -v -tu1 |
        awk '{ for (i = 1; i <= NF; i++) t = t * 256 + $i } END { printf "%.0f", t }')
      { printf 'cosignature/v1\ntime %s\n' "$cosigned_at"; cat "$tmp/text"; } >"$tmp/message"
    fi
    tail -c 64 "$tmp/signature" >"$tmp/plain-signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key.der" -rawin -in "$tmp/message" \
      -sigfile "$tmp/plain-signature" >/dev/null 2>&1 || no "$1" "the signature of $name is bad"
    found=yes
  done <"$tmp/signatures"
  [ -n "$found" ] || no "$1" "$key_name did not sign it"
}

# read_head FILE: head_size and head_root of a checkpoint that this log signed
read_head() {
  check_note "$1" "$key" 1
  [ "$(sed -n 1p "$tmp/text")" = "$key_name" ] || no "$1, line 1" "it is of another log"
  head_size=$(sed -n 2p "$tmp/text")
  is_number "$head_size" || no "$1, line 2" "not a number without leading zeros"
  unbase64 "$(sed -n 3p "$tmp/text")" "$tmp/root" || no "$1, line 3" "not canonical base64"
  head_root=$(hex <"$tmp/root")
  [ ${#head_root} = 64 ] || no "$1, line 3" "not a hash of 32 bytes"
}

# RFC 9162 section 2.1.4.2. check_consistency OLD-SIZE OLD-ROOT PLACE: the old tree is the beginning of the bundle's.
check_consistency() {
  [ "$1" -le "$size" ] || no "$3" "the log has shrunk since"
  if [ "$1" = "$size" ]; then
    [ "$2" = "$root" ] || no "$3" "two roots for one size"
    return 0
  fi
  [ "$1" != 0 ] || return 0
  proof=consistency/$1-$size
  [ -f "$proof" ] || no "$3" "the bundle has no $proof: ask for one made with this checkpoint"
  : >"$tmp/path"
  # A whole subtree's root is left out of the proof: the verifier has it.
  if [ $(($1 & ($1 - 1))) = 0 ]; then echo "$2" >"$tmp/path"; fi
  while read -r hash; do
    unbase64 "$hash" "$tmp/hash" || no "$proof" "not canonical base64"
    echo "$(hex <"$tmp/hash")" >>"$tmp/path"
  done <"$proof"
  at=$(($1 - 1)) last=$((size - 1)) old='' new=''
  while [ $((at & 1)) = 1 ]; do at=$((at >> 1)) last=$((last >> 1)); done
  while read -r hash; do
    if [ -z "$old" ]; then old=$hash new=$hash; continue; fi
    [ $last != 0 ] || no "$proof" "it is too long"
    if [ $((at & 1)) = 1 ] || [ $at = $last ]; then
      old=$(node_hash "$hash" "$old")
      new=$(node_hash "$hash" "$new")
      while [ $((at & 1)) = 0 ] && [ $at != 0 ]; do at=$((at >> 1)) last=$((last >> 1)); done
    else
      new=$(node_hash "$new" "$hash")
    fi
    at=$((at >> 1)) last=$((last >> 1))
  done <"$tmp/path"
  if [ $last != 0 ] || [ "$old" != "$2" ] || [ "$new" != "$root" ]; then
    no "$proof" "it does not show that the older log is the beginning of this one"
  fi
}

# --- 1. the files: no others, and each as the manifest says ---------------------------------------------------------

find . ! -type d ! -type f | grep -q . && no bundle "it holds something that is no file"
find . -type f | sed 's|^\./||' | sort >"$tmp/all"
while IFS= read -r path; do
  case $path in
    README.txt | checkpoint | completeness.json | manifest.note | manifest.txt | report.html | withheld.json) continue ;;
    tools/verify-plain.sh | tools/verify.html) continue ;;
    *[!A-Za-z0-9./-]*) ;;
    entries/*.bin) inner=${path#entries/}; is_number "${inner%.bin}" && continue ;;
    proofs/*.tlog-proof) inner=${path#proofs/}; is_number "${inner%.tlog-proof}" && continue ;;
    disclosures/*.txt) inner=${path#disclosures/}; is_number "${inner%.txt}" && continue ;;
    timestamps/*.checkpoint) inner=${path#timestamps/}; is_number "${inner%.checkpoint}" && continue ;;
    timestamps/*.tsr) inner=${path#timestamps/}; is_number "${inner%.tsr}" && continue ;;
    consistency/*-*)
      inner=${path#consistency/}
      is_number "${inner%%-*}" && is_number "${inner#*-}" && continue
      ;;
  esac
  case $path in
    *[Kk]ey* | *[Pp]olicy* | *[Tt]rust* | *.pem | *.crt)
      no "$path" "the bundle brings its own keys; whom to believe has to come from you" ;;
    *) no "$path" "no such file belongs into a bundle" ;;
  esac
done <"$tmp/all"
for path in README.txt checkpoint completeness.json manifest.note manifest.txt report.html withheld.json; do
  [ -f "$path" ] || no "$path" "the file is missing"
done
grep -v '^manifest\.' "$tmp/all" >"$tmp/listed"
xargs openssl dgst -sha256 -r <"$tmp/listed" | sed 's/^\(.\{64\}\) \*/\1  /' >"$tmp/manifest"
if ! cmp -s "$tmp/manifest" manifest.txt; then
  place=$(awk 'NR == FNR { stated[NR] = $0; next } stated[FNR] != $0 { print substr($0, 67); exit }' manifest.txt "$tmp/manifest")
  no "${place:-manifest.txt}" "it is not as the manifest says"
fi

# --- 2. the checkpoint, its witnesses, and who made the bundle -------------------------------------------------------

read_head checkpoint
size=$head_size root=$head_root origin=$key_name
check_note manifest.note "$key" 1
printf 'casebound evidence bundle v1\n%s\n%s\n' "$origin" "$(openssl dgst -sha256 -binary manifest.txt | openssl base64 -A)" |
  cmp -s - "$tmp/text" || no manifest.note "it was signed for another manifest"
echo "ledger: $origin, $size entries"
while IFS= read -r witness; do
  check_note checkpoint "$witness" 4
  when=$(date -u -d "@$cosigned_at" 2>/dev/null || date -u -r "$cosigned_at" 2>/dev/null || echo "$cosigned_at")
  echo "cosigned by $key_name: $when"
done <"$tmp/witnesses"

# --- 3. every entry stands under the checkpoint ----------------------------------------------------------------------

mkdir "$tmp/leaf" "$tmp/node" "$tmp/shown"
sed -n 's|^entries/\(.*\)\.bin$|\1|p' "$tmp/all" | sort -n >"$tmp/indexes"
sed -n 's|^proofs/\(.*\)\.tlog-proof$|\1|p' "$tmp/all" | sort -n >"$tmp/proven"
sed -n 's|^disclosures/\(.*\)\.txt$|\1|p' "$tmp/all" | sort -n >"$tmp/disclosing"
[ -s "$tmp/indexes" ] || no entries "there are none"
cmp -s "$tmp/indexes" "$tmp/proven" || no proofs "not exactly one for each entry"
awk 'NR == FNR { known[$1] = 1; next } !($1 in known) { print "disclosures/" $1 ".txt"; exit }' \
  "$tmp/indexes" "$tmp/disclosing" >"$tmp/stray"
[ ! -s "$tmp/stray" ] || no "$(cat "$tmp/stray")" "its entry is missing"
while read -r index; do { printf '\000'; cat "entries/$index.bin"; } >"$tmp/leaf/$index"; done <"$tmp/indexes"
sed "s|^|$tmp/leaf/|" "$tmp/indexes" | xargs openssl dgst -sha256 -r >"$tmp/digests"

# One line a proof: index, where it stands on this level, where the level ends, the hashes that are left.
sed 's|.*|proofs/&.tlog-proof|' "$tmp/indexes" | xargs awk -v size="$size" '
  function refuse(why) { if (!bad) print "bad", FILENAME, why; bad = 1; exit 1 }
  function number(text) { return text ~ /^(0|[1-9][0-9]*)$/ && length(text) <= 15 }
  FNR == 1 {
    if (row != "") print row
    name = FILENAME; sub(/^proofs\//, "", name); sub(/\.tlog-proof$/, "", name)
    if ($0 != "c2sp.org/tlog-proof@v1") refuse("not c2sp.org/tlog-proof@v1")
    past = 0; row = ""; next
  }
  FNR == 2 {
    if ($1 != "index" || NF != 2 || $2 != name || !number($2)) refuse("not the index of its entry")
    if ($2 + 0 >= size + 0) refuse("the index lies beyond the tree")
    row = $2 " " $2 " " sprintf("%.0f", size - 1); next
  }
  past { next }
  $0 == "" { past = 1; next }
  length($0) != 44 || $0 !~ /^[A-Za-z0-9+\/]*=$/ || index("AEIMQUYcgkosw048", substr($0, 43, 1)) == 0 { refuse("not a hash") }
  { row = row " " $0 }
  END { if (!bad) print row }' >"$tmp/rows" || true
if grep -q '^bad ' "$tmp/rows"; then
  grep '^bad ' "$tmp/rows" | head -n 1 | { read -r _ place why; no "$place" "$why"; }
fi
while read -r index; do
  awk 'past { print } /^$/ { past = 1 }' "proofs/$index.tlog-proof" | cmp -s - checkpoint ||
    no "proofs/$index.tlog-proof" "it is for another checkpoint"
done <"$tmp/indexes"

# RFC 9162 section 2.1.3.2, all proofs side by side: awk says what to hash, openssl hashes a whole level at once.
while :; do
  : >"$tmp/hash.sh"
  rm -f "$tmp"/node/*
  awk -v root="$root" -v nodes="$tmp/node" -v script="$tmp/hash.sh" '
    function octal(hexes,   i, text) {
      for (i = 1; i < length(hexes); i += 2)
        text = text sprintf("\\%03o", 16 * (index(digits, substr(hexes, i, 1)) - 1) + index(digits, substr(hexes, i + 1, 1)) - 1)
      return text
    }
    function base64octal(text,   i, value, out) {
      for (i = 1; i <= 44; i += 4) {
        value = ((code(text, i) * 64 + code(text, i + 1)) * 64 + code(text, i + 2)) * 64 + code(text, i + 3)
        out = out sprintf("\\%03o\\%03o", int(value / 65536), int(value / 256) % 256)
        if (i < 41) out = out sprintf("\\%03o", value % 256)
      }
      return out
    }
    function code(text, i,   at) { at = index(alphabet, substr(text, i, 1)); return at ? at - 1 : 0 }
    BEGIN {
      digits = "0123456789abcdef"
      alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    }
    NR == FNR { place = $2; sub(/^.*\//, "", place); hash[place] = $1; next }
    {
      own = ($1 in hash) ? hash[$1] : $0
      at = $2; last = $3
      if (NF == 3) { if (last != 0 || own != root) { print "bad", $1; exit }; next }
      if (last == 0) { print "bad", $1; exit }
      if (at % 2 == 1 || at == last) {
        bytes = base64octal($4) octal(own)
        while (at % 2 == 0 && at != 0) { at = int(at / 2); last = int(last / 2) }
      } else bytes = octal(own) base64octal($4)
      printf "printf \047\\001%s\047 >\"%s/%s\"\n", bytes, nodes, $1 >script
      row = $1 " " sprintf("%.0f", int(at / 2)) " " sprintf("%.0f", int(last / 2))
      for (i = 5; i <= NF; i++) row = row " " $i
      print row
    }' "$tmp/digests" "$tmp/rows" >"$tmp/next"
  if grep -q '^bad ' "$tmp/next"; then
    no "proofs/$(sed -n 's/^bad //p' "$tmp/next").tlog-proof" "it does not lead from its entry to the root of the checkpoint"
  fi
  [ -s "$tmp/next" ] || break
  # shellcheck disable=SC1091
  . "$tmp/hash.sh"
  cut -d ' ' -f 1 "$tmp/next" | sed "s|^|$tmp/node/|" | xargs openssl dgst -sha256 -r >"$tmp/digests"
  mv "$tmp/next" "$tmp/rows"
done

# --- 4. the values shown and withheld, and what is claimed to be whole -----------------------------------------------

: >"$tmp/values"
while read -r index; do
  no=0
  while IFS= read -r line; do
    no=$((no + 1))
    printf '%s' "$line" >"$tmp/shown/$index.$no"
    echo "$index.$no $line" >>"$tmp/values"
  done <"disclosures/$index.txt"
done <"$tmp/disclosing"
: >"$tmp/value-digests"
[ ! -s "$tmp/values" ] || cut -d ' ' -f 1 "$tmp/values" | sed "s|^|$tmp/shown/|" | xargs openssl dgst -sha256 -r >"$tmp/value-digests"
while read -r index; do printf '%s ' "$index"; cat "entries/$index.bin"; echo; done <"$tmp/indexes" >"$tmp/entries"
awk -v entries="$tmp/entries" -v digests="$tmp/value-digests" -v values="$tmp/values" '
  function refuse(place, why) { print "NOT VERIFIED: " place ": " why; failed = 1; exit 1 }
  function base64url(hexes,   i, bits, out, v) {
    for (i = 1; i <= 64; i++) {
      bits = bits * 16 + index("0123456789abcdef", substr(hexes, i, 1)) - 1; n += 4
      if (n >= 6) { n -= 6; v = int(bits / 2 ^ n); out = out substr(alphabet, v + 1, 1); bits -= v * 2 ^ n }
    }
    if (n > 0) { out = out substr(alphabet, bits * 2 ^ (6 - n) + 1, 1); n = 0 }
    return out
  }
  function text(coded,   i, bits, n, out, v) {
    for (i = 1; i <= length(coded); i++) {
      bits = bits * 64 + index(alphabet, substr(coded, i, 1)) - 1; n += 6
      if (n >= 8) { n -= 8; v = int(bits / 2 ^ n); out = out sprintf("%c", v); bits -= v * 2 ^ n }
    }
    return out
  }
  function field(json, name,   at, rest) {
    at = index(json, "\"" name "\":"); if (!at) return ""
    rest = substr(json, at + length(name) + 3)
    if (substr(rest, 1, 1) == "\"") { rest = substr(rest, 2); return substr(rest, 1, index(rest, "\"") - 1) }
    match(rest, /^[0-9a-z]+/); return substr(rest, 1, RLENGTH)
  }
  BEGIN {
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    while ((getline line < entries) > 0) {
      cut = index(line, " "); index_of = substr(line, 1, cut - 1)
      order[++count] = index_of; entry[index_of] = substr(line, cut + 1)
      if (entry[index_of] !~ /^\{"_sd":\["[A-Za-z0-9_",-]*"\],"_sd_alg":"sha-256","at":"[0-9TZ:.-]*","typ":"[a-z-]*\/v[0-9]*"\}$/)
        refuse("entries/" index_of ".bin", "not in the form of formats/entry.md")
    }
    while ((getline line < digests) > 0) {
      split(line, part, " "); place = part[2]; sub(/^.*\//, "", place); digest[place] = base64url(part[1])
    }
    while ((getline line < values) > 0) {
      cut = index(line, " "); place = substr(line, 1, cut - 1); index_of = place; sub(/\..*$/, "", index_of)
      where = "disclosures/" index_of ".txt, line " substr(place, length(index_of) + 2)
      if (index(entry[index_of], "\"" digest[place] "\"") == 0) refuse(where, "the entry holds no digest of it")
      shown[index_of, digest[place]] = 1
      json = text(substr(line, cut + 1))
      if (json !~ /^\["[A-Za-z0-9_-]+","[a-z][a-z0-9_]*",.*\]$/) refuse(where, "not [salt, name, value]")
      json = substr(json, index(json, ",") + 2); name = substr(json, 1, index(json, "\"") - 1)
      if ((index_of, name) in value) refuse(where, "\"" name "\" is disclosed twice")
      value[index_of, name] = substr(json, length(name) + 3, length(json) - length(name) - 3)
      list[index_of] = list[index_of] "    " name ": " value[index_of, name] "\n"; values_shown++
    }
    while ((getline line < "withheld.json") > 0) {
      row++
      if (line == "[" || line == "]") continue
      where = "withheld.json, line " row; index_of = field(line, "index"); why = field(line, "why")
      if (!(index_of in entry)) refuse(where, "of an entry that is not here")
      at = index(line, "\"digests\":["); rest = substr(line, at + 11); rest = substr(rest, 1, index(rest, "]") - 1)
      total = rest == "" ? 0 : split(rest, part, ",")
      for (i = 1; i <= total; i++) {
        if (index(entry[index_of], part[i]) == 0) refuse(where, "entry " index_of " holds no such digest")
        if ((index_of, substr(part[i], 2, 43)) in shown) refuse(where, "entry " index_of " shows this value")
        if (why == "withheld") withheld++
      }
    }
    getline claim < "completeness.json"
    kind = field(claim, "kind"); first = field(claim, "first") + 0; last = field(claim, "last") + 0
    if (kind == "entries") {
      for (i = 1; i <= count; i++) if (order[i] != first + i - 1) refuse("completeness.json", "entry " first + i - 1 " is missing")
      if (order[count] != last) refuse("completeness.json", "the last entry is " order[count])
      complete = "every entry from " first " to " last
    } else if (kind == "customer") {
      customer = field(claim, "customer"); offset = field(claim, "offset"); from = field(claim, "from"); to = field(claim, "to")
      for (i = 1; i <= count; i++) {
        here = order[i]; chain = value[here, "chain"]; no = field(chain, "no"); previous = field(chain, "previous")
        if (value[here, "customer"] != "\"" customer "\"") refuse("entry " here, "it does not show that it is about this customer")
        if (no == "" || no + 0 != first + i - 1) refuse("entry " here, "it is number " no " of the customer where " first + i - 1 " is due: one is missing")
        if (offset !~ /^[0-9]+$/) refuse("completeness.json", "no offset")
        fits = i > 1 ? previous == order[i - 1] + offset : no == 1 ? previous == "null" : previous ~ /^[0-9]+$/ && previous + 0 < here + offset
        if (!fits) refuse("entry " here, "it names another entry as the one before it")
      }
      if (count != last - first + 1) refuse("completeness.json", count " entries are not " first " to " last)
      if (from != "" && first > 1 && field(entry[order[1]], "at") >= from) refuse("completeness.json", "nothing shows that none is missing at the beginning")
      if (to != "" && field(entry[order[count]], "at") < to && field(entry[order[count]], "typ") != "export/v1")
        refuse("completeness.json", "nothing shows that none is missing at the end")
      complete = "all entries about " customer " from number " first " to number " last
    } else if (kind == "none") complete = "nothing is claimed"
    else refuse("completeness.json", "a claim that this verifier does not know")
    for (i = 1; i <= count; i++)
      printf "entry %s: %s %s\n%s", order[i], field(entry[order[i]], "at"), field(entry[order[i]], "typ"), list[order[i]]
    printf "entries: %d, values shown: %d, values withheld: %d\ncomplete: %s\n", count, values_shown, withheld, complete
  }' >"$tmp/report" || { tail -n 1 "$tmp/report"; exit 1; }

# --- 5. timestamps, and checkpoints that the reader kept -------------------------------------------------------------

sed -n 's|^timestamps/\(.*\)\.checkpoint$|\1|p' "$tmp/all" >"$tmp/stamped"
while read -r stamped; do
  file=timestamps/$stamped
  [ -f "$file.tsr" ] || no "$file.checkpoint" "its token is missing"
  read_head "$file.checkpoint"
  [ "$head_size" = "$stamped" ] || no "$file.checkpoint" "it has $head_size entries"
  check_consistency "$head_size" "$head_root" "$file.checkpoint"
  digest=$(openssl dgst -sha256 -r "$file.checkpoint" | cut -c1-64)
  hex <"$file.tsr" | grep -q "0420$digest" || no "$file.tsr" "it does not stamp $file.checkpoint"
  if [ -n "$ca" ]; then
    openssl ts -verify -in "$file.tsr" -data "$file.checkpoint" -CAfile "$ca" >/dev/null 2>&1 ||
      no "$file.tsr" "openssl ts -verify does not accept it under $ca"
    openssl ts -reply -in "$file.tsr" -text 2>/dev/null | sed -n "s/^Time stamp: /timestamp over $stamped entries: /p"
  else
    echo "timestamp over $stamped entries: there, and its signature not checked (give --tsa-ca)"
  fi
done <"$tmp/stamped"
sed -n 's|^timestamps/\(.*\)\.tsr$|\1|p' "$tmp/all" >"$tmp/tokens"
cmp -s "$tmp/stamped" "$tmp/tokens" || no timestamps "a token without what it stamps"
while IFS= read -r file; do
  [ -f "$file" ] || { echo "$file: there is no such file" >&2; exit 2; }
  read_head "$file"
  check_consistency "$head_size" "$head_root" "$file"
  echo "the checkpoint of $head_size entries that you kept is the beginning of this one"
done <"$tmp/held"

cat "$tmp/report"
echo verified
