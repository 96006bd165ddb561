# Completion of chainmap for fish. Write it where fish looks for it:
#   chainmap completion fish > ~/.config/fish/completions/chainmap.fish
# Only words of letters, digits and -_./:@ are ever offered, and nothing is evaluated.
function __chainmap
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l word "$(commandline --current-token --cut-at-cursor)"
    set -l found (command chainmap __complete fish $words[2..] "=$word" 2> /dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path $word
    end
end
complete --command chainmap --no-files --arguments '(__chainmap)'
