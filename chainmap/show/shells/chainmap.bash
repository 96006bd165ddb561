# Completion of chainmap for bash. Load it with:  source <(chainmap completion bash)
# Only words of letters, digits and -_./:@ are ever offered, and nothing is evaluated.
_chainmap() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line%%$'\t'*}")
    done < <(command chainmap __complete bash "=${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2> /dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/@:=] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}
complete -o default -F _chainmap chainmap
