// SPDX-License-Identifier: GPL-2.0-only
/* Words of mgmt commands: blanks and "=" part them, ";" and newline part parameters. */
#include <linux/ctype.h>
#include <linux/module.h>

#include "standin.h"

static bool standin_is_gap(char c)
{
	return c == '=' || isspace(c);
}

char *scst_get_next_lexem(char **text)
{
	char *word = *text, *end;

	while (*word && standin_is_gap(*word))
		word++;
	for (end = word; *end && !standin_is_gap(*end); end++)
		;
	*text = *end ? end + 1 : end;
	*end = '\0';
	return word;
}
EXPORT_SYMBOL_GPL(scst_get_next_lexem);

char *scst_get_next_token_str(char **text)
{
	char *token = *text;
	size_t len = strcspn(token, ";\n");

	if (len == 0)
		return NULL;
	*text = token[len] ? token + len + 1 : token + len;
	token[len] = '\0';
	return token;
}
EXPORT_SYMBOL_GPL(scst_get_next_token_str);
