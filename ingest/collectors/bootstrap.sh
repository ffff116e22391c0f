# Bootstrap token as the Mac says: YES NO UNSUPPORTED UNKNOWN
if [ "$(bootstrap_line escrowed)" = YES ]; then
    answer YES
elif [ "$(bootstrap_line supported)" = NO ]; then
    answer UNSUPPORTED
elif [ "$(bootstrap_line escrowed)" = NO ]; then
    answer NO
else
    answer UNKNOWN
fi
