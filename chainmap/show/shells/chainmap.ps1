# Completion of chainmap for PowerShell. Add it to the profile:
#   chainmap completion powershell | Out-String | Invoke-Expression
# Only words of letters, digits and -_./:@ are ever offered, and nothing is evaluated.
Register-ArgumentCompleter -Native -CommandName chainmap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $program = Get-Command chainmap -CommandType Application -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if (-not $program) { return }
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    & $program __complete powershell @words "=$wordToComplete" 2> $null | ForEach-Object {
        $value, $meaning = $_ -split "`t", 2
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
    }
}
