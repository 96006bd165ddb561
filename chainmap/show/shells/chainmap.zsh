#compdef chainmap
# Completion of chainmap for zsh. Write it to a directory of $fpath:
#   chainmap completion zsh > ~/.zfunc/_chainmap
# Only words of letters, digits and -_./:@ are ever offered, and nothing is evaluated.
_chainmap() {
    local line
    local -a values shown open
    while IFS= read -r line; do
        values+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  }")
    done < <(command chainmap __complete zsh "${(@Q)words[2,CURRENT-1]}" "=${(Q)PREFIX}" 2> /dev/null)
    if (( ! $#values )); then
        _files
        return
    fi
    (( $#values == 1 )) && [[ $values[1] == *[/@:=] ]] && open=(-S '')
    compadd -l $open -d shown -a values
}
if [[ $funcstack[1] == _chainmap ]]; then
    _chainmap "$@"
else
    compdef _chainmap chainmap
fi
